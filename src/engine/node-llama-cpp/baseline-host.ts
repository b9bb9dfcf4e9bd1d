import type { BaselineRequest, BaselineRun, BaselineRunner } from "../baseline.ts";
import { HostProcess, killedBy } from "../host/host-process.ts";
import type { OnLoadProgress } from "../open-pair.ts";
import type {
  BaselineHostMessage,
  BaselineHostRequest,
  BaselineOptions,
} from "./baseline-protocol.ts";

type Host = HostProcess<BaselineHostRequest, BaselineHostMessage>;

/** What a load reports and how it is stopped. */
export interface StartBaselinesOptions {
  readonly onProgress?: OnLoadProgress;
  /** Stops the load; the process is killed. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a process of its own for node-llama-cpp's own API, and loads a pair into it.
 *
 * @throws UserError where a model cannot be loaded; "host-crashed" when the process dies
 * @throws the signal's reason when it is aborted
 */
export async function startBaselines(
  options: BaselineOptions,
  { onProgress = () => true, signal }: StartBaselinesOptions = {},
): Promise<BaselineHost> {
  const host: Host = new HostProcess({
    name: "process of the baseline rows",
    entry: new URL("./baseline-process", import.meta.url),
  });
  const { target, draft } = options;
  host.doing = `running ${draft === undefined ? target : `${target} and ${draft}`}`;
  return killedBy(signal, host, async () => {
    host.send({ type: "open", options });
    for (;;) {
      const message = await host.receive();
      if (message.type === "progress") onProgress(message.progress);
      if (message.type === "opened") return new BaselineHost(host);
    }
  });
}

/** node-llama-cpp's own API in a process of its own. */
export class BaselineHost implements BaselineRunner {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async run(request: BaselineRequest, signal?: AbortSignal): Promise<BaselineRun | undefined> {
    const abort = (): void => this.#host.send({ type: "abort" });
    this.#host.send({ type: "run", request });
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort);
    try {
      for (;;) {
        const message = await this.#host.receive();
        if (message.type === "ran") return message.run;
      }
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async cpuMs(): Promise<number> {
    this.#host.send({ type: "cpu-time" });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "cpu-timed") return message.ms;
    }
  }

  /** Ends the process: in good order, or by force when it does not answer. */
  async close(): Promise<void> {
    await this.#host.close();
  }
}
