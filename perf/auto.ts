/**
 * `npx tsx perf/auto.ts`: `--draft-len auto` against plain decoding and every fixed draft length in
 * simulated worlds, on a virtual clock. Takes some minutes, and writes docs/auto.md. Another seed
 * for other texts: `npx tsx perf/auto.ts 2`, which prints the page instead.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { autoPage } from "../test/support/simulation/page.ts";
import { grid, runWorld, type WorldResult, wholeGrid } from "../test/support/simulation/worlds.ts";

const seed = process.argv[2];
const worlds = grid(wholeGrid);
const results: WorldResult[] = [];
for (const world of worlds) {
  results.push(await runWorld(world, Number(seed ?? 1)));
  if (results.length % 50 === 0) console.error(`${results.length} of ${worlds.length} worlds`);
}
const page = autoPage(results);
if (seed !== undefined) process.stdout.write(page);
else writeFileSync(join(import.meta.dirname, "..", "docs", "auto.md"), page);
