import { exitCodes, interrupted } from "../errors.ts";

/**
 * How somebody asks a command to end. The first Ctrl-C aborts what goes on, or, once `waitForRun` was
 * called, lets it finish what it has in hand; the second one ends the program at once.
 */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #stop = new AbortController();
  #waits = false;

  /** Aborted where what goes on is to end within a pass. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborted where it is to end as soon as what is in hand is done. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** From now on the first Ctrl-C is the wish to stop when the run in hand is done. */
  waitForRun(): void {
    this.#waits = true;
  }

  /** Asks for the end of the run in hand, however often. */
  askToStop(): void {
    this.#stop.abort(interrupted());
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    if (this.signal.aborted || this.stop.aborted) process.exit(exitCodes.interrupted);
    if (this.#waits) this.askToStop();
    else this.#abort.abort(interrupted());
  }
}

/** Runs `work` with a signal that Ctrl-C aborts. A second Ctrl-C ends the program at once. */
export async function interruptible<T>(
  work: (signal: AbortSignal, interruption: Interruption) => Promise<T>,
): Promise<T> {
  const interruption = new Interruption();
  const onInterrupt = (): void => interruption.interrupt();
  process.on("SIGINT", onInterrupt);
  try {
    return await work(interruption.signal, interruption);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
