import { setTimeout as sleep } from "node:timers/promises";

/** A process that decodes; without `cpuMs` it is taken for idle whenever it does nothing. */
export interface Decoder {
  /** Processor time used so far, in ms. */
  cpuMs?(): Promise<number>;
}

/** How often a process is looked at, in ms. */
const lookEveryMs = 20;
/** Share of one core that an idle process may use: answering the look is all it does. */
const idleShare = 0.15;
/** A process that does not come to rest so long never will, in ms. */
const patienceMs = 10_000;

/**
 * Lets several processes measure on the same cores by turns. Worker threads spin on for a fifth of a
 * second behind a run of specdec's engine (seen with ggml of llama.cpp v0.5.0), and would take a core
 * from the next process.
 */
export class Turns {
  readonly #decoders: readonly Decoder[];
  #last: Decoder | undefined;

  /** @param decoders all that take turns; with one alone there is nothing to wait for */
  constructor(decoders: readonly Decoder[]) {
    this.#decoders = decoders;
  }

  /**
   * Waits until all others are idle, where another one ran before.
   *
   * @throws Error where one does not come to rest
   */
  async take(next: Decoder): Promise<void> {
    if (this.#last === next) return;
    for (const decoder of this.#decoders) if (decoder !== next) await untilIdle(decoder);
    this.#last = next;
  }
}

async function untilIdle(decoder: Decoder): Promise<void> {
  const end = performance.now() + patienceMs;
  let [ms, at] = [await decoder.cpuMs?.(), performance.now()];
  while (ms !== undefined) {
    await sleep(lookEveryMs);
    const [msNow, now] = [(await decoder.cpuMs?.()) ?? ms, performance.now()];
    if (msNow - ms <= idleShare * (now - at)) return;
    if (now > end) throw new Error("a process that decoded does not come to rest");
    [ms, at] = [msNow, now];
  }
}
