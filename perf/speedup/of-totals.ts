import { intervalOf } from "../../src/bench/ratio-interval.ts";
import type { TimedRun } from "../../src/bench/run-pairs.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import type { SpeedupEstimator } from "./findings.ts";

/**
 * The estimator that specdec had before, to compare with: the ratio of total times, and a bootstrap
 * over prompts, then over their repetitions. One stalled run rules both.
 */
export const speedupOfTotals: SpeedupEstimator = ({ own, plain }, seed) => {
  const prompts = [...new Set(own.map(({ prompt }) => prompt))];
  const times = (runs: readonly TimedRun[]) =>
    prompts.map((each) => runs.filter(({ prompt }) => prompt === each).map((run) => run.decodeMs));
  const [ownMs, plainMs] = [times(own), times(plain)];
  const total = (ms: readonly number[][]) => ms.flat().reduce((a, b) => a + b, 0);
  const random = seededRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const ratios = Float64Array.from({ length: 1000 }, () => {
    let [numerator, denominator] = [0, 0];
    for (let i = 0; i < prompts.length; i++) {
      const at = pick(prompts.length);
      const [owns, plains] = [ownMs[at] as number[], plainMs[at] as number[]];
      for (let j = 0; j < owns.length; j++) {
        const repetition = pick(owns.length);
        numerator += plains[repetition] as number;
        denominator += owns[repetition] as number;
      }
    }
    return numerator / denominator;
  });
  return intervalOf(total(plainMs) / total(ownMs), ratios.sort(), prompts.length);
};
