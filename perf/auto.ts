/**
 * `npx tsx perf/auto.ts`: `--draft-len auto` against every fixed length in simulated worlds, on a
 * virtual clock. Prints the table of docs/auto.md.
 */
import { grid, runWorld, type WorldResult, wholeGrid } from "../test/support/simulation/worlds.ts";

const seed = Number(process.argv[2] ?? 1);
const results: WorldResult[] = [];
for (const world of grid(wholeGrid)) results.push(await runWorld(world, seed));
const ratios = results.map(({ auto, bestFixed }) => auto / bestFixed);
const share = (least: number) => ratios.filter((r) => r >= least).length / ratios.length;
console.log({
  n: ratios.length,
  min: Math.min(...ratios),
  p95: share(0.95),
  p90: share(0.9),
  plain: Math.min(...results.map(({ auto }) => auto)),
  plain97: results.filter(({ auto }) => auto < 0.97).length,
  mean: ratios.reduce((a, b) => a + b) / ratios.length,
  same: results.every(({ sameTexts }) => sameTexts),
});
const byRatio = results.map((r, i) => ({ ...r, ratio: ratios[i] as number }));
byRatio.sort((a, b) => a.ratio - b.ratio);
for (const { world, auto, fixed, bestFixed, ratio } of byRatio.slice(0, 40)) {
  const { drafters, tokens, agreement, repetition, draftStep, slope } = world;
  console.log(
    ratio.toFixed(3),
    auto.toFixed(3),
    bestFixed.toFixed(3),
    fixed.indexOf(bestFixed),
    drafters.join(),
    tokens,
    `a${agreement}`,
    `r${repetition}`,
    `c${draftStep}`,
    `s${slope}`,
  );
}
for (const { world, auto, bestFixed } of byRatio.filter(({ auto }) => auto < 0.97)) {
  console.log("below plain", auto.toFixed(3), bestFixed.toFixed(3), JSON.stringify(world));
}
