import { defaultNoiseMargin } from "../../src/bench/noise.ts";
import { resampleRatio } from "../../src/bench/robust-ratio.ts";
import { pairRuns } from "../../src/bench/run-pairs.ts";
import { simultaneousIntervals } from "../../src/bench/simultaneous.ts";
import { pairedSpeedup, speedupRatios } from "../../src/bench/speedup.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { type SpeedupWorld, simulateBench } from "./world.ts";

/** Shares of sweeps: 0 … 1. */
export interface NullSweeps {
  /** Some setting is faster than plain by its own interval. */
  readonly byOwn: number;
  /** Some setting is by the simultaneous intervals. */
  readonly together: number;
  /** The mean estimate of the best setting, whose truth is 1. */
  readonly best: number;
}

/** Simulates sweeps of settings that are all as fast as plain. */
export function nullSweeps(
  world: Omit<SpeedupWorld, "ratio">,
  settings: number,
  sweeps: number,
): NullSweeps {
  const random = seededRandom(1);
  let [byOwn, together, best] = [0, 0, 0];
  for (let seed = 0; seed < sweeps; seed++) {
    const options = { seed, resamples: 1000 };
    const cells = Array.from({ length: settings }, () => {
      const { own, plain } = simulateBench({ ...world, ratio: 1 }, random);
      return [...pairRuns(own, plain).values()];
    });
    const ratios = cells.flatMap((pairs) => resampleRatio(speedupRatios(pairs), options) ?? []);
    const isFaster = (low: number | null | undefined) => (low ?? 0) > 1 + defaultNoiseMargin;
    if (cells.some((pairs) => isFaster(pairedSpeedup(pairs, options)?.low))) byOwn++;
    if (simultaneousIntervals(ratios).some(({ low }) => isFaster(low))) together++;
    best += Math.exp(Math.max(...ratios.map(({ log }) => log)));
  }
  return { byOwn: byOwn / sweeps, together: together / sweeps, best: best / sweeps };
}
