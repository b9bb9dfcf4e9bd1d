import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { GenerateEvent } from "../../decoding/events.ts";
import { environmentError, interrupted, UserError } from "../../errors.ts";
import type { OnLoadProgress } from "../open-pair.ts";
import type {
  BatchCosts,
  GenerateRequest,
  InteractivePair,
  MeasureRequest,
  PairInfo,
  PairOptions,
  PassSettings,
  PromptInput,
  Ranking,
  RankRequest,
  RoundTimes,
  RoundTimesRequest,
  TunablePair,
} from "../pair.ts";
import type { EngineFacts } from "../probe.ts";
import { LineRing } from "./line-ring.ts";
import { MessageQueue } from "./message-queue.ts";
import type { HostErrorData, HostMessage, HostRequest } from "./protocol.ts";

/** How long a host may take to close its models before it is killed. */
const closeMs = 5000;
const logLines = 200;
const shownLogLines = 12;

/** What a load reports and how it is stopped. */
export interface StartHostOptions {
  readonly onProgress?: OnLoadProgress;
  /** Stops the load; the process is killed, for loading weights cannot be interrupted. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the engine host, a process of its own, and loads a pair into it.
 *
 * @throws UserError for a pair that cannot run; "host-crashed" when the process dies
 * @throws the signal's reason when it is aborted
 */
export async function startHost(
  options: PairOptions,
  { onProgress = () => true, signal }: StartHostOptions = {},
): Promise<HostPair> {
  const host = new HostProcess();
  return killedBy(signal, host, async () => {
    host.send({ type: "load", options });
    for (;;) {
      const message = await host.receive();
      if (message.type === "progress") onProgress(message.progress);
      if (message.type === "loaded") return new HostPair(host, message.info);
    }
  });
}

/**
 * Asks an engine host of its own what a pair would run on; loads no model.
 *
 * @throws UserError where no engine can run; "host-crashed" when the process dies
 * @throws the signal's reason when it is aborted
 */
export async function probeHost(options: PairOptions, signal?: AbortSignal): Promise<EngineFacts> {
  const host = new HostProcess();
  const facts = await killedBy(signal, host, async () => {
    host.send({ type: "probe", options });
    for (;;) {
      const message = await host.receive();
      if (message.type === "probed") return message.facts;
    }
  });
  await host.close();
  return facts;
}

/** Kills the host when the signal comes before `work` is done, or when it fails. */
async function killedBy<T>(
  signal: AbortSignal | undefined,
  host: HostProcess,
  work: () => Promise<T>,
): Promise<T> {
  const kill = (): void => host.kill();
  signal?.addEventListener("abort", kill);
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    host.kill();
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}

/** A pair that lives in an engine host. */
export class HostPair implements InteractivePair, TunablePair {
  readonly info: PairInfo;
  readonly #host: HostProcess;

  constructor(host: HostProcess, info: PairInfo) {
    this.#host = host;
    this.info = info;
  }

  /** The host's process id. */
  get pid(): number | undefined {
    return this.#host.pid;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    const abort = (): void => this.#host.send({ type: "abort" });
    this.#host.send({ type: "generate", request });
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort);
    let done = false;
    try {
      for await (const event of this.#events()) {
        done = event.type === "done";
        yield event;
      }
    } catch (error) {
      done = true;
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
      if (!done) await this.#drain();
    }
  }

  async measure(request: MeasureRequest): Promise<BatchCosts> {
    this.#host.send({ type: "measure", request });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "measured") return message.costs;
    }
  }

  async cpuMs(): Promise<number> {
    this.#host.send({ type: "cpu-time" });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "cpu-timed") return message.ms;
    }
  }

  async timeRounds(request: RoundTimesRequest): Promise<RoundTimes> {
    this.#host.send({ type: "time-rounds", request });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "rounds-timed") return message.times;
    }
  }

  async rank(request: RankRequest): Promise<Ranking> {
    this.#host.send({ type: "rank", request });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "ranked") return message.ranking;
    }
  }

  adjust(settings: PassSettings): void {
    this.#host.send({ type: "adjust", settings });
  }

  async countTokens(prompt: PromptInput): Promise<number> {
    this.#host.send({ type: "count", prompt });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "counted") return message.tokens;
    }
  }

  /** Ends the host: in good order, or by force when it does not answer. */
  async close(): Promise<void> {
    await this.#host.close();
  }

  async *#events(): AsyncGenerator<GenerateEvent> {
    for (;;) {
      const message = await this.#host.receive();
      if (message.type !== "events") continue;
      yield* message.events;
      if (message.events.at(-1)?.type === "done") return;
    }
  }

  /** After an early exit from the loop: stops the host's generation and reads what is under way. */
  async #drain(): Promise<void> {
    this.#host.send({ type: "abort" });
    for await (const _ of this.#events()) {
      // Nobody wants these any more.
    }
  }
}

/** The child process and the messages from it. */
class HostProcess {
  readonly #child: ChildProcess;
  readonly #messages = new MessageQueue<HostMessage>();
  readonly #log = new LineRing(logLines);
  readonly #exited: Promise<void>;
  readonly #killAtExit = (): void => this.kill();

  constructor() {
    // The host runs from source where this file does.
    const entry = new URL(`./process${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
    this.#child = fork(entry, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    process.on("exit", this.#killAtExit);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log.write(text);
      if (process.env.SPECDEC_DEBUG === "1") process.stderr.write(text);
    });
    this.#child.on("message", (message) => this.#receive(message as HostMessage));
    this.#child.on("error", (error) => this.#messages.fail(error));
    this.#exited = new Promise((resolve) => {
      // "close" comes after the last of the log.
      this.#child.on("close", (code, signal) => {
        process.off("exit", this.#killAtExit);
        this.#messages.fail(crash(code, signal, this.#log.lines()));
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(request: HostRequest): void {
    // A dead host shows in the next receive.
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  async receive(): Promise<HostMessage> {
    return this.#messages.next();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async close(): Promise<void> {
    this.send({ type: "dispose" });
    const timer = setTimeout(() => this.kill(), closeMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #receive(message: HostMessage): void {
    if (message.type === "error") this.#messages.push(Promise.reject(revive(message.error)));
    else this.#messages.push(Promise.resolve(message));
  }
}

function revive(error: HostErrorData): Error {
  if (error.kind === "user") return new UserError(error.data);
  const bug = new Error(error.message);
  bug.stack = error.stack;
  return bug;
}

function crash(
  code: number | null,
  signal: NodeJS.Signals | null,
  log: readonly string[],
): UserError {
  // Ctrl-C goes to the host too, which heeds it only in its first moments.
  if (signal === "SIGINT") return interrupted();
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const hint =
    signal === "SIGKILL"
      ? "Something killed it: often the system, when memory runs out. Try a smaller model or --ctx."
      : "Set SPECDEC_DEBUG=1 to see its whole log.";
  const { exitCode } = environmentError("host-crashed", "");
  return new UserError({
    code: "host-crashed",
    message: `the engine host ended unexpectedly ${how}`,
    hint,
    details: log.slice(-shownLogLines),
    exitCode,
  });
}
