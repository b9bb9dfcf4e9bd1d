/**
 * Runs the named vitest projects and ends with the line `N passed, N failed, N skipped`.
 *
 *     node scripts/run-tests.js unit property [-- vitest arguments]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const args = process.argv.slice(2);
const split = args.indexOf("--");
const projects = split < 0 ? args : args.slice(0, split);
const further = split < 0 ? [] : args.slice(split + 1);

const folder = mkdtempSync(join(tmpdir(), "specdec-tests-"));
const results = join(folder, "results.json");
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...further,
  ],
  { stdio: "inherit" },
);

let summary;
try {
  summary = JSON.parse(readFileSync(results, "utf8"));
} catch {
  console.error("vitest wrote no results");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (summary === undefined) process.exit(1);

const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = summary;
// A suite that fails before its tests counts as a failure too.
const broken = summary.numFailedTestSuites > 0 && failed === 0 ? summary.numFailedTestSuites : 0;
console.log(`\n${passed} passed, ${failed + broken} failed, ${skipped} skipped`);
process.exit(status !== 0 || passed === 0 || failed + broken > 0 ? 1 : 0);
