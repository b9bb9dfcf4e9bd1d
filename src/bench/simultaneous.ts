import { normal975, normalUpperPoint, quantile, studentTAt, variance } from "../statistics.ts";
import { plainOf } from "./plain-cell.ts";
import type { CellReport, Speedup } from "./report.ts";
import { type ResampledRatio, resampleRatio } from "./robust-ratio.ts";
import { pairRuns } from "./run-pairs.ts";
import { speedupRatios } from "./speedup.ts";

/** Gives the cells that draft the intervals that hold for all of them together. */
export function withSimultaneous(cells: readonly CellReport[], seed: number): CellReport[] {
  const drafting = draftingRatios(cells, seed);
  if (drafting.length < 2) return [...cells];
  const intervals = simultaneousIntervals(drafting.map(({ ratio }) => ratio));
  const byId = new Map(drafting.map(({ id }, i) => [id, intervals[i] as Speedup]));
  return cells.map((cell) => withInterval(cell, byId.get(cell.id), drafting.length));
}

/** The bootstrap of the speedup of each cell that drafts, by cell id. */
export function draftingRatios(
  cells: readonly CellReport[],
  seed: number,
): { readonly id: string; readonly ratio: ResampledRatio }[] {
  return cells.flatMap((cell) => {
    const ratio = cell.method === "speculative" ? ratioOf(cell, cells, seed) : null;
    return ratio === null ? [] : [{ id: cell.id, ratio }];
  });
}

function ratioOf(cell: CellReport, cells: readonly CellReport[], seed: number) {
  const plain = plainOf(cells, cell.temp)?.samples ?? [];
  return resampleRatio(speedupRatios([...pairRuns(cell.samples, plain).values()]), { seed });
}

function withInterval(cell: CellReport, found: Speedup | undefined, of: number): CellReport {
  const { summary } = cell;
  if (!summary?.speedup || !found || found.low === null || found.high === null) return cell;
  const simultaneous = { low: found.low, high: found.high, of };
  return { ...cell, summary: { ...summary, speedup: { ...summary.speedup, simultaneous } } };
}

/**
 * Intervals that hold all together with 95%, for the best of several ratios looks better than it is:
 * max-t over the same resamples (Westfall and Young 1993; Romano and Wolf 2005). Each ratio's distance
 * from its estimate is counted in its own standard errors, and the 95% quantile of the largest of them
 * is the width of all intervals. Cells that rise and fall together cost less than independent ones.
 *
 * The width grows for small samples as in `intervalOf`. With fewer than six prompts it is that of
 * independent ratios.
 *
 * @param ratios of the same prompts, with resamples of the same seed
 */
export function simultaneousIntervals(ratios: readonly ResampledRatio[]): Speedup[] {
  const width = simultaneousWidth(ratios);
  return ratios.map((ratio) => intervalOfWidth(ratio, width));
}

/** The width of such intervals in standard errors: 1.96 for one ratio, more for several. */
export function simultaneousWidth(ratios: readonly ResampledRatio[]): number {
  const fewest = Math.min(...ratios.map(({ draws }) => draws));
  return fewest < fewestForMax ? independentWidth(ratios.length) : largestWidth(ratios);
}

/** An interval that is as wide as that. */
export function intervalOfWidth({ log, logs, draws }: ResampledRatio, width: number): Speedup {
  const estimate = Math.exp(log);
  if (logs.length < 2) return { estimate, low: null, high: null };
  const half = forSmallSamples(width, draws) * Math.sqrt(variance(logs));
  return { estimate, low: Math.exp(log - half), high: Math.exp(log + half) };
}

/** Draws below which resamples have too few values to show how far the largest of many strays. */
const fewestForMax = 6;

/** The width if all ratios were independent: Šidák 1967. */
function independentWidth(count: number): number {
  return normalUpperPoint((1 - 0.95 ** (1 / count)) / 2);
}

function largestWidth(ratios: readonly ResampledRatio[]): number {
  const varying = ratios
    .map(({ log, logs }) => ({ log, logs, error: Math.sqrt(variance(logs)) }))
    .filter(({ error }) => error > 0);
  if (varying.length === 0) return normal975;
  const count = Math.min(...varying.map(({ logs }) => logs.length));
  const largest = Float64Array.from({ length: count }, (_, resample) =>
    Math.max(
      ...varying.map(({ log, logs, error }) => Math.abs((logs[resample] as number) - log) / error),
    ),
  );
  return quantile(largest, 0.95);
}

function forSmallSamples(width: number, draws: number): number {
  return studentTAt(width, draws - 1) * Math.sqrt(draws / (draws - 1));
}
