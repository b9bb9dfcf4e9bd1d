import type { GenerateEvent } from "../../decoding/events.ts";
import type { OnLoadProgress } from "../open-pair.ts";
import type {
  GenerateRequest,
  InteractivePair,
  PairInfo,
  PairOptions,
  PassSettings,
  PromptFacts,
  PromptInput,
  Ranking,
  RankRequest,
  RoundTimes,
  RoundTimesRequest,
  TunablePair,
} from "../pair.ts";
import type { EngineFacts } from "../probe.ts";
import { HostProcess, killedBy } from "./host-process.ts";
import type { HostMessage, HostRequest } from "./protocol.ts";

type EngineHost = HostProcess<HostRequest, HostMessage>;

function startProcess(): EngineHost {
  return new HostProcess({ name: "engine host", entry: new URL("./process", import.meta.url) });
}

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
  const host = startProcess();
  return killedBy(signal, host, async () => {
    host.send({ type: "load", options });
    for (;;) {
      const message = await host.receive();
      if (message.type === "opening") host.doing = `loading ${message.path}`;
      if (message.type === "progress") onProgress(message.progress);
      if (message.type !== "loaded") continue;
      host.doing = `running ${modelsOf(options)}`;
      return new HostPair(host, message.info);
    }
  });
}

function modelsOf({ target, draft, heads = [] }: PairOptions): string {
  return [target, ...(draft === undefined ? [] : [draft]), ...heads].join(" and ");
}

/**
 * Asks an engine host of its own what a pair would run on; loads no model.
 *
 * @throws UserError where no engine can run; "host-crashed" when the process dies
 * @throws the signal's reason when it is aborted
 */
export async function probeHost(options: PairOptions, signal?: AbortSignal): Promise<EngineFacts> {
  const host = startProcess();
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

/** A pair that lives in an engine host. */
export class HostPair implements InteractivePair, TunablePair {
  readonly info: PairInfo;
  readonly #host: EngineHost;

  constructor(host: EngineHost, info: PairInfo) {
    this.#host = host;
    this.info = info;
  }

  /** The host's process id. */
  get pid(): number | undefined {
    return this.#host.pid;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    this.#host.send({ type: "generate", request });
    const release = this.#abortedBy(signal);
    // Told by the last message, which is read whole before its first event is passed on.
    let done = false;
    try {
      while (!done) {
        const events = await this.#nextEvents();
        done = events.at(-1)?.type === "done";
        yield* events;
      }
    } catch (error) {
      done = true;
      throw error;
    } finally {
      release();
      if (!done) await this.#drain();
    }
  }

  async cpuMs(): Promise<number> {
    this.#host.send({ type: "cpu-time" });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "cpu-timed") return message.ms;
    }
  }

  async timeRounds(request: RoundTimesRequest, signal?: AbortSignal): Promise<RoundTimes> {
    this.#host.send({ type: "time-rounds", request });
    const release = this.#abortedBy(signal);
    try {
      for (;;) {
        const message = await this.#host.receive();
        if (message.type === "rounds-timed") return message.times;
      }
    } catch (error) {
      // The host answers an abort with an error of its own.
      signal?.throwIfAborted();
      throw error;
    } finally {
      release();
    }
  }

  /** Hands an abort on to the host, until what it returns is called. */
  #abortedBy(signal: AbortSignal | undefined): () => void {
    const abort = (): void => this.#host.send({ type: "abort" });
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort);
    return () => signal?.removeEventListener("abort", abort);
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

  async inspectPrompt(prompt: PromptInput): Promise<PromptFacts> {
    this.#host.send({ type: "inspect-prompt", prompt });
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "prompt-inspected") return message.facts;
    }
  }

  /** Ends the host: in good order, or by force when it does not answer. */
  async close(): Promise<void> {
    await this.#host.close();
  }

  async #nextEvents(): Promise<readonly GenerateEvent[]> {
    for (;;) {
      const message = await this.#host.receive();
      if (message.type === "events") return message.events;
    }
  }

  /** After an early exit from the loop: stops the host's generation and reads what is under way. */
  async #drain(): Promise<void> {
    this.#host.send({ type: "abort" });
    while ((await this.#nextEvents()).at(-1)?.type !== "done");
  }
}
