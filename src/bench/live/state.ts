import { addCounts, type Counts, noCounts } from "../../decoding/metrics.ts";
import type { BenchProgress, ProgressCounts, ProgressRun } from "../progress.ts";
import type { BenchReport, Cell, CellSummary, Sample } from "../report.ts";
import { decodedTokens } from "../run-pairs.ts";
import { countsOf } from "../summary.ts";

/** What a running bench, or a tuning, tells. */
export type LiveEvent =
  | BenchProgress
  /** Something begins that is not a run. */
  | { readonly type: "step"; readonly text: string }
  | { readonly type: "report"; readonly report: BenchReport };

/** How a running bench stands. */
export interface LiveState {
  /** Of the begin and of the last event, in ms. */
  readonly startMs: number;
  readonly nowMs: number;
  readonly activity: string;
  readonly counts: ProgressCounts | undefined;
  readonly run: ProgressRun | undefined;
  readonly cells: readonly LiveCell[];
}

/** How one of its cells stands. */
export interface LiveCell {
  readonly cell: Cell;
  /** tokens/s of each finished run that decoded anything. */
  readonly rates: readonly number[];
  /** Finished runs, warm-up apart. */
  readonly runs: number;
  readonly counts: Counts;
  /** As of the last report. */
  readonly summary: CellSummary | undefined;
}

/**
 * A bench that begins.
 *
 * @param cells known before the first run; others are added as they come
 */
export function startLive(cells: readonly Cell[], nowMs: number): LiveState {
  return {
    startMs: nowMs,
    nowMs,
    activity: "starting",
    counts: undefined,
    run: undefined,
    cells: cells.map(newCell),
  };
}

/** The state after an event that came at `nowMs`. Pure. */
export function reduceLive(before: LiveState, event: LiveEvent, nowMs: number): LiveState {
  const state = { ...before, nowMs };
  switch (event.type) {
    case "step":
      return { ...state, activity: event.text, counts: undefined, run: undefined };
    case "checking":
      return {
        ...state,
        activity: "checking the distribution",
        counts: countsIn(event),
        run: undefined,
      };
    case "run-start":
      return {
        ...state,
        activity: event.warmUp ? "warming up" : "measuring",
        counts: countsIn(event),
        run: event,
        cells: withCell(state.cells, event.cell),
      };
    case "run-done":
      return {
        ...state,
        counts: countsIn(event),
        run: undefined,
        cells: event.warmUp ? state.cells : withSample(state.cells, event.cell, event.sample),
      };
    case "report":
      return { ...state, cells: withSummaries(state.cells, event.report) };
  }
}

function newCell(cell: Cell): LiveCell {
  return { cell, rates: [], runs: 0, counts: noCounts, summary: undefined };
}

function countsIn({ done, total, etaMs }: ProgressCounts): ProgressCounts {
  return { done, total, etaMs };
}

function withCell(cells: readonly LiveCell[], cell: Cell): readonly LiveCell[] {
  return cells.some((each) => each.cell.id === cell.id) ? cells : [...cells, newCell(cell)];
}

function withSample(cells: readonly LiveCell[], { id }: Cell, sample: Sample): LiveCell[] {
  const isMeasured = sample.decodeMs > 0;
  const rates = isMeasured ? [(decodedTokens(sample) / sample.decodeMs) * 1000] : [];
  return cells.map((each) =>
    each.cell.id !== id
      ? each
      : {
          ...each,
          rates: [...each.rates, ...rates],
          runs: each.runs + 1,
          counts: addCounts(each.counts, countsOf(sample)),
        },
  );
}

function withSummaries(cells: readonly LiveCell[], report: BenchReport): LiveCell[] {
  const summaries = new Map(report.cells.map(({ id, summary }) => [id, summary ?? undefined]));
  return cells.map((each) => ({ ...each, summary: summaries.get(each.cell.id) ?? each.summary }));
}
