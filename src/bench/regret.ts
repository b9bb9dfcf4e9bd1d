import { mean } from "../statistics.ts";
import { isPlausible } from "./plausibility.ts";
import type { AdaptiveSummary, CellReport, Speedup } from "./report.ts";
import { type ResampledRatio, resampleRatio } from "./robust-ratio.ts";
import { pairRuns } from "./run-pairs.ts";
import { simultaneousIntervals } from "./simultaneous.ts";
import { speedupRatios } from "./speedup.ts";

/** Enough for an interval of a figure that is looked at in whole percents. */
const resamples = 1000;

/**
 * Gives each adaptive cell its regret: 1 − its speed over that of the best fixed cell at the same
 * temperature. Plain decoding is a fixed cell too; but without a fixed cell that drafts there is
 * nothing to regret.
 *
 * The best of many looks better than it is. So the ratio is shrunk by as much as the best of each
 * resample exceeds the best of the sample, on average, and the interval is the simultaneous one.
 *
 * @param seed of the bootstrap
 */
export function withRegrets(cells: readonly CellReport[], seed: number): CellReport[] {
  return cells.map((cell) => {
    const { summary } = cell;
    if (!summary?.adaptive || !summary.speedup) return cell;
    const fixed = cells.filter((each) => each.temp === cell.temp && isFixed(each));
    const regret = fixed.some(({ method }) => method !== "plain")
      ? regretOf(cell, fixed, seed)
      : null;
    return { ...cell, summary: { ...summary, adaptive: { ...summary.adaptive, regret } } };
  });
}

function isFixed(cell: CellReport): boolean {
  if (cell.method === "plain") return !cell.again;
  const { method, adaptive, summary } = cell;
  return method === "speculative" && !adaptive && !!summary?.speedup && isPlausible(cell);
}

interface Rival {
  readonly id: string;
  /** Its speed over the adaptive cell's. */
  readonly ratio: ResampledRatio;
}

function regretOf(
  cell: CellReport,
  fixed: readonly CellReport[],
  seed: number,
): AdaptiveSummary["regret"] {
  const rivals = fixed.flatMap((each): Rival[] => {
    const pairs = [...pairRuns(each.samples, cell.samples).values()];
    const ratio = resampleRatio(speedupRatios(pairs), { seed, resamples });
    return ratio === null ? [] : [{ id: each.id, ratio }];
  });
  const [first] = rivals;
  if (first === undefined) return null;
  const best = rivals.reduce((a, b) => (b.ratio.log > a.ratio.log ? b : a), first);
  const intervals = simultaneousIntervals(rivals.map(({ ratio }) => ratio));
  const { low, high } = intervals[rivals.indexOf(best)] as Speedup;
  return {
    value: lostAgainst(Math.exp(best.ratio.log - optimism(rivals, best.ratio.log))),
    low: low === null ? null : lostAgainst(low),
    high: high === null ? null : lostAgainst(high),
    against: best.id,
  };
}

function lostAgainst(ratio: number): number {
  return 1 - 1 / ratio;
}

/** By how much the best of each resample exceeds the best of the sample, on average. */
function optimism(rivals: readonly Rival[], best: number): number {
  const count = Math.min(...rivals.map(({ ratio }) => ratio.logs.length));
  if (count === 0) return 0;
  const largest = Float64Array.from({ length: count }, (_, i) =>
    Math.max(...rivals.map(({ ratio }) => ratio.logs[i] as number)),
  );
  return Math.max(0, mean(largest) - best);
}
