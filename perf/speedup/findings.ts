import { defaultNoiseMargin } from "../../src/bench/noise.ts";
import type { Speedup } from "../../src/bench/report.ts";
import type { TimedRun } from "../../src/bench/run-pairs.ts";
import { verdictOf } from "../../src/bench/verdict.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { type SpeedupWorld, simulateBench } from "./world.ts";

/** Estimates a speedup from the runs of a bench. */
export type SpeedupEstimator = (
  runs: { readonly own: readonly TimedRun[]; readonly plain: readonly TimedRun[] },
  seed: number,
) => Speedup | null;

/** Shares of benches: 0 … 1. */
export interface Finding {
  /** The interval holds the true speedup. */
  readonly coverage: number;
  /** The verdict is "faster". */
  readonly faster: number;
  readonly slower: number;
}

/** Simulates so many benches of one world, each from a seed of its own. */
export function findings(
  world: SpeedupWorld,
  estimate: SpeedupEstimator,
  benches: number,
): Finding {
  const random = seededRandom(1);
  const count = { held: 0, faster: 0, slower: 0, undecided: 0 };
  for (let seed = 0; seed < benches; seed++) {
    const speedup = estimate(simulateBench(world, random), seed);
    if (speedup === null) continue;
    const { low, high } = speedup;
    if (low !== null && high !== null && low <= world.ratio && world.ratio <= high) count.held++;
    count[verdictOf(speedup, defaultNoiseMargin)]++;
  }
  return {
    coverage: count.held / benches,
    faster: count.faster / benches,
    slower: count.slower / benches,
  };
}
