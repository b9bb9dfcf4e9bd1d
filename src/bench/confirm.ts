import { isBusy } from "./noise.ts";
import { plainOf } from "./plain-cell.ts";
import { isPlausible } from "./plausibility.ts";
import type { BenchReport, Cell, CellReport, Confirmation, Sample } from "./report.ts";
import { resampleRatio } from "./robust-ratio.ts";
import { pairRuns } from "./run-pairs.ts";
import { draftingRatios, intervalOfWidth, simultaneousWidth } from "./simultaneous.ts";
import { speedupRatios } from "./speedup.ts";

/** Settings that draft from which the best of them is confirmed: the best of few is hardly biased. */
const manySettings = 4;

/** A cell to measure once more, and what it is measured against. */
export interface ToConfirm {
  readonly cell: Cell;
  readonly plain: Cell;
}

/**
 * The best cell of a sweep of many, which looks better than it is: it was chosen for its luck, too.
 *
 * @returns undefined if the sweep is small, or has nothing that is worth another measurement
 */
export function cellToConfirm(report: BenchReport): ToConfirm | undefined {
  const drafting = report.cells.filter(({ method, summary }) => {
    return method === "speculative" && summary?.speedup;
  });
  if (drafting.length < manySettings || isBusy(report)) return undefined;
  const plausible = drafting.filter(isPlausible);
  const [first] = plausible;
  if (first === undefined) return undefined;
  const cell = plausible.reduce((a, b) => (estimateOf(b) > estimateOf(a) ? b : a), first);
  const plain = plainOf(report.cells, cell.temp);
  return plain && { cell, plain };
}

function estimateOf({ summary }: CellReport): number {
  return summary?.speedup?.estimate ?? 0;
}

/**
 * The confirming runs as data. Their estimate is unbiased; their interval is as wide as one that holds
 * for all settings of the sweep, since the same prompts that chose the cell confirm it.
 */
export function confirmationOf(
  cells: readonly CellReport[],
  seed: number,
  runs: { readonly cell: string; readonly own: Sample[]; readonly plain: Sample[] },
): Confirmation | undefined {
  const ratio = resampleRatio(speedupRatios([...pairRuns(runs.own, runs.plain).values()]), {
    seed,
  });
  if (ratio === null) return undefined;
  const width = simultaneousWidth(draftingRatios(cells, seed).map((each) => each.ratio));
  return { ...runs, speedup: intervalOfWidth(ratio, width) };
}
