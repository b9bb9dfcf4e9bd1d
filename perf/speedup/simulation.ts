/**
 * How often a bench finds a speedup that is known, and how often its interval holds it, as prompts,
 * repetitions and stalls vary: the estimator of `src/bench/robust-ratio.ts` against the ratio of total
 * times. Nothing is measured, so the machine need not be quiet; the same numbers come out everywhere.
 *
 *     npx tsx perf/speedup/simulation.ts [BENCHES]
 */
import { pairRuns } from "../../src/bench/run-pairs.ts";
import { pairedSpeedup } from "../../src/bench/speedup.ts";
import { type Finding, findings, type SpeedupEstimator } from "./findings.ts";
import { nullSweeps } from "./null-sweep.ts";
import { speedupOfTotals } from "./of-totals.ts";
import type { SpeedupWorld } from "./world.ts";

const benches = Number(process.argv[2] ?? 1000);
const shapes = [
  [2, 3],
  [3, 3],
  [6, 2],
  [12, 1],
  [12, 2],
  [12, 3],
  [12, 5],
] as const;

const robust: SpeedupEstimator = ({ own, plain }, seed) =>
  pairedSpeedup([...pairRuns(own, plain).values()], { seed, resamples: 1000 });

console.log(
  "| true speedup | prompts × repetitions | stalled runs | coverage | faster | slower | of totals: coverage | faster | slower |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const ratio of [1, 1.03, 1.1]) {
  for (const [prompts, repetitions] of shapes) {
    for (const stalls of [0, 0.01, 0.03]) {
      const world: SpeedupWorld = { prompts, repetitions, ratio, stalls };
      const cells = [robust, speedupOfTotals].flatMap((estimator) =>
        columnsOf(findings(world, estimator, benches)),
      );
      const head = [`×${ratio.toFixed(2)}`, `${prompts} × ${repetitions}`, percent(stalls)];
      console.log(`| ${[...head, ...cells].join(" | ")} |`);
    }
  }
}

console.log("\nSweeps of 50 settings that are all as fast as plain:\n");
console.log(
  "| prompts × repetitions | stalled runs | best estimate | pays by its own interval | pays |",
);
console.log("| --- | --- | --- | --- | --- |");
for (const [prompts, repetitions] of shapes) {
  for (const stalls of [0, 0.03]) {
    const found = nullSweeps({ prompts, repetitions, stalls }, 50, Math.ceil(benches / 5));
    const { best, byOwn, together } = found;
    const figures = [`×${best.toFixed(2)}`, percent(byOwn), percent(together)];
    console.log(`| ${[`${prompts} × ${repetitions}`, percent(stalls), ...figures].join(" | ")} |`);
  }
}

function columnsOf({ coverage, faster, slower }: Finding): string[] {
  return [coverage, faster, slower].map(percent);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
