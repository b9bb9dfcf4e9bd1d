import { normal975, quantileOfSorted, studentT975 } from "../statistics.ts";
import type { Speedup } from "./report.ts";

/**
 * A ratio's 95% interval from its resamples: their percentiles, moved away from the estimate for small
 * samples. A bootstrap draws from what it has, so of little it is too sure: by √((n − 1) / n), and by
 * taking for normal what is Student's t. Both are undone, as by the expanded percentile interval of
 * Hesterberg 2015, on the logarithm of the ratio: 1.17 times as wide for 12 draws, 2.7 times for 3, and
 * 9 times for 2, which say next to nothing.
 *
 * @param estimate above 0
 * @param sorted ratios of the resamples, rising
 * @param draws independent ones that the sample consists of, 2 or more
 */
export function intervalOf(estimate: number, sorted: Float64Array, draws: number): Speedup {
  const factor = (studentT975(draws - 1) / normal975) * Math.sqrt(draws / (draws - 1));
  const moved = (bound: number): number => estimate * (bound / estimate) ** factor;
  return {
    estimate,
    low: moved(quantileOfSorted(sorted, 0.025)),
    high: moved(quantileOfSorted(sorted, 0.975)),
  };
}
