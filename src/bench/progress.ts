import type { Cell, Sample } from "./report.ts";

/** How far a bench is. */
export interface ProgressCounts {
  /** Finished runs, warm-up included. */
  readonly done: number;
  readonly total: number;
  /** Time left by what runs of each cell took so far, in ms; null where nothing is known yet. */
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

/** Runs of one cell that take about the same time. */
export interface RunsToMake {
  /** Id. */
  readonly cell: string;
  readonly warmUp: boolean;
  readonly runs: number;
  /** The most that each may emit, on average. */
  readonly tokens: number;
}

/** How far the runs of one cell are, warm-up or measured. */
interface RunKind {
  readonly cell: string;
  readonly tokens: number;
  left: number;
  done: number;
  /** Time for those that are done, with what goes on between runs. */
  ms: number;
}

/** Counts runs and estimates the time left, cell by cell: a slow setting is not as soon done as plain. */
export class ProgressMeter {
  readonly #kinds = new Map<string, RunKind>();
  readonly #clock: () => number;
  readonly #start: number;
  readonly #budgetMs: number;
  /** When the last run ended. */
  #last: number;

  /**
   * @param clock in ms
   * @param budgetMs time after which no run begins
   */
  constructor(
    runs: readonly RunsToMake[],
    clock: () => number,
    budgetMs = Number.POSITIVE_INFINITY,
  ) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#start = clock();
    this.#last = this.#start;
    this.extend(runs);
  }

  /** More runs are to come than was known. */
  extend(more: readonly RunsToMake[]): void {
    for (const { cell, warmUp, runs, tokens } of more) {
      const key = keyOf(cell, warmUp);
      const kind = this.#kinds.get(key) ?? { cell, tokens, left: 0, done: 0, ms: 0 };
      kind.left += runs;
      this.#kinds.set(key, kind);
    }
  }

  /** Whether the time is used up. */
  isOver(): boolean {
    return this.#clock() - this.#start >= this.#budgetMs;
  }

  /** One more run has ended. */
  finish({ cell, warmUp }: { readonly cell: Cell; readonly warmUp: boolean }): void {
    const kind = this.#kinds.get(keyOf(cell.id, warmUp));
    if (kind === undefined) throw new Error(`no run of ${cell.id} was to come`);
    const now = this.#clock();
    kind.left--;
    kind.done++;
    kind.ms += now - this.#last;
    this.#last = now;
  }

  counts(): ProgressCounts {
    const kinds = [...this.#kinds.values()];
    const done = sum(kinds, (kind) => kind.done);
    const total = done + sum(kinds, (kind) => kind.left);
    return { done, total, etaMs: done === 0 ? null : this.#timeLeft(kinds) };
  }

  #timeLeft(kinds: readonly RunKind[]): number {
    const left = sum(kinds, (kind) => (kind.left === 0 ? 0 : kind.left * runMs(kind, kinds)));
    return Math.min(left, Math.max(0, this.#budgetMs - (this.#clock() - this.#start)));
  }
}

/**
 * What a run takes: by runs of its kind; before the first of them by the cell's warm-up, and without
 * one by all runs, for the tokens that it may emit.
 */
function runMs({ cell, tokens, done, ms }: RunKind, kinds: readonly RunKind[]): number {
  if (done > 0) return ms / done;
  const ofCell = kinds.filter((kind) => kind.cell === cell && kind.done > 0);
  const known = ofCell.length > 0 ? ofCell : kinds;
  return (tokens * sum(known, (kind) => kind.ms)) / sum(known, (kind) => kind.done * kind.tokens);
}

function keyOf(cell: string, warmUp: boolean): string {
  return `${warmUp ? "warm-up" : "measured"} ${cell}`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
