import type { Cell, Sample } from "./report.ts";

/** How far a bench is. */
export interface ProgressCounts {
  /** Finished runs, warm-up included. */
  readonly done: number;
  readonly total: number;
  /** Time left by the pace so far, in ms; null before the first run has ended. */
  readonly etaMs: number | null;
}

/** The run in question. */
export interface ProgressRun {
  readonly cell: Cell;
  /** Prompt id. */
  readonly prompt: string;
  /** From 0. */
  readonly repetition: number;
  readonly warmUp: boolean;
}

/** What a bench tells while it runs; never from within a timed region. */
export type BenchProgress =
  | (ProgressRun &
      ProgressCounts &
      ({ readonly type: "run-start" } | { readonly type: "run-done"; readonly sample: Sample }))
  /** Generations of `--check-distribution`, behind all runs. */
  | (ProgressCounts & { readonly type: "checking" });

/** Estimates the time left, counting a run by the tokens it may emit. */
export class ProgressMeter {
  #runs: number;
  #tokens: number;
  readonly #clock: () => number;
  readonly #start: number;
  readonly #budgetMs: number;
  #done = 0;
  #doneTokens = 0;

  /**
   * @param total all runs, and the most tokens they can emit together
   * @param clock in ms
   * @param budgetMs time after which no run begins
   */
  constructor(
    total: { readonly runs: number; readonly tokens: number },
    clock: () => number,
    budgetMs = Number.POSITIVE_INFINITY,
  ) {
    this.#runs = total.runs;
    this.#tokens = total.tokens;
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#start = clock();
  }

  /** More runs are to come than was known. */
  extend({ runs, tokens }: { readonly runs: number; readonly tokens: number }): void {
    this.#runs += runs;
    this.#tokens += tokens;
  }

  /** Whether the time is used up. */
  isOver(): boolean {
    return this.#clock() - this.#start >= this.#budgetMs;
  }

  /** One more run has ended, which could have emitted `tokens`. */
  finish(tokens: number): void {
    this.#done++;
    this.#doneTokens += tokens;
  }

  counts(): ProgressCounts {
    const elapsed = this.#clock() - this.#start;
    const left = this.#tokens - this.#doneTokens;
    const etaMs =
      this.#doneTokens === 0
        ? null
        : Math.min((elapsed * left) / this.#doneTokens, Math.max(0, this.#budgetMs - elapsed));
    return { done: this.#done, total: this.#runs, etaMs };
  }
}
