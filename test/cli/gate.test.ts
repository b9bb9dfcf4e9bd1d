import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type BenchReport, reportSchema } from "../../src/bench/report.ts";
import { fakePair, specdec } from "../support/cli.ts";
import { watchStartedScripts } from "../support/started-scripts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const committed = fileURLToPath(
  new URL("../../bench-results/baselines/fake.json", import.meta.url),
);
/** As bench-results/README.md has it. */
const committedBench = [
  ...["--engine", "fake", "--target", "fake:step=1,token=0.1"],
  ...["--draft", "fake:agreement=0.8,step=0.2", "--draft-len", "1,4", "--temp", "0,0.8"],
  ...["--reps", "1", "--max-tokens", "24", "--prompts", "code"],
];
const short = ["--draft-len", "2", "--reps", "1", "--max-tokens", "9", "--prompts", "hi", "ho"];

function bench(cwd: string, ...args: readonly string[]) {
  return specdec(["bench", "--out", "none", ...args], { cwd });
}

/** Rewrites a baseline. */
function edit(file: string, change: (report: BenchReport) => unknown): void {
  writeFileSync(
    file,
    JSON.stringify(change(reportSchema.parse(JSON.parse(readFileSync(file, "utf8"))))),
  );
}

/** Half the passes for the same tokens: the draft was better once. */
function better(report: BenchReport) {
  const cells = report.cells.map((cell) => ({
    ...cell,
    samples: cell.samples.map((sample) => ({ ...sample, passes: Math.ceil(sample.passes / 2) })),
  }));
  return { ...report, cells };
}

describe("specdec bench --check", () => {
  test("passes on the committed baseline of the fake engine", async () => {
    const { code, stdout, stderr } = await bench(
      temporaryFolder(),
      ...committedBench,
      "--check",
      committed,
    );
    expect(stderr).toMatch(
      /^warning: only counts are checked, .*\nhint: .*\ngate: not worse than /,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^target {3}fake:/);
  });

  test("ends with exit code 4 and the findings, worst first, behind the whole table", async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, "base.json");
    const args = [...fakePair, ...short, "--check", file];
    const written = await bench(cwd, ...args, "--update-baseline");
    expect(written).toMatchObject({ code: 0, stderr: `baseline: ${file}\n` });
    edit(file, better);
    const { code, stdout, stderr } = await bench(cwd, ...args, "--max-regression", "90%");
    expect(code).toBe(4);
    expect(stdout).toMatch(/^draft .*\d/m);
    expect(stderr).toMatch(
      /^error: worse than .*base\.json: 1 finding\nhint: .*--update-baseline\.\nfindings:\n {2}draft length 2: τ \d\.\d\d, was \d/m,
    );
  });

  test("tells a GitHub job, in its summary and in annotations on stderr", async () => {
    const cwd = temporaryFolder();
    const summary = join(cwd, "summary.md");
    writeFileSync(summary, "of an earlier step\n");
    const file = join(cwd, "base.json");
    const args = [...fakePair, ...short, "--check", file, "--max-regression", "0.9"];
    await bench(cwd, ...args, "--update-baseline");
    edit(file, better);
    const run = await specdec(["bench", "--out", "none", ...args, "--github"], {
      cwd,
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(run.code).toBe(4);
    expect(run.stdout).not.toContain("::");
    expect(run.stderr).toMatch(/^::error title=worse than .*::draft length 2: τ/m);
    expect(run.stderr).toMatch(/^::notice title=specdec bench::/m);
    expect(readFileSync(summary, "utf8")).toMatch(
      /^of an earlier step\n## specdec: fake:.*\n\n❌ Worse than .*\n\n- draft length 2: τ.*\n\n\*\*/,
    );
  });

  test.each([
    [["--github"], "--github needs GITHUB_STEP_SUMMARY, which names no file here"],
    [["--update-baseline"], "--update-baseline needs --check"],
    [["--max-regression", "3%"], "--max-regression needs --check"],
    [["--check", committed, "--max-regression", "5"], "--max-regression 5 is not a share above 0%"],
    [["--check", committed, "--max-regression", "0%"], "--max-regression 0% is not a share above"],
    [["--check", "none.json"], "there is no report none.json"],
    [["--check", ""], "--check is empty"],
  ])("%j is refused before an engine starts", async (args, message) => {
    const cwd = temporaryFolder();
    const started = watchStartedScripts(cwd);
    const env = { ...started.env, GITHUB_STEP_SUMMARY: undefined };
    const run = await specdec(["bench", ...fakePair, ...short, ...args], { cwd, env });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(`error: ${message}`);
    expect(started.names()).toEqual(["specdec.js"]);
  });

  test.each([
    [["--draft", "fake:agreement=0.5"], /is no baseline for this bench: draft: /],
    [["--max-tokens", "8"], /is no baseline for this bench: tokens at most: 24, then 8/],
    [["--draft-len", "3"], /has no drafting cell of this bench: it has plain-t0, draft-n1-k1-t0/],
  ])("with %j refuses a baseline of another bench before the first run", async (args, says) => {
    const run = await bench(temporaryFolder(), ...committedBench, "--check", committed, ...args);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(says);
  });
});
