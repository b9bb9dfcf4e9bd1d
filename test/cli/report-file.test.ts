import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { fakePair, specdec, startSpecdec } from "../support/cli.ts";
import { watchStartedScripts } from "../support/started-scripts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const short = ["--reps", "1", "--max-tokens", "6", "--prompts", "hi"];

function bench(cwd: string, ...args: readonly string[]) {
  return specdec(["bench", ...fakePair, ...short, ...args], { cwd });
}

function reportIn(folder: string, name = "report.json") {
  return reportSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
}

describe("a bad --out", () => {
  test.each([
    [
      "in a missing folder",
      "none/report.json",
      /^error: cannot write none\/report\.json: there is no folder .+\nhint: Create the folder first, or name another\.\n$/,
    ],
    [
      "that is a folder",
      "folder",
      /^error: cannot write folder: it is a folder\nhint: Name a file in it\.\n$/,
    ],
    [
      "behind a file",
      "file/report.json",
      /^error: cannot write file\/report\.json: .+\nhint: .+\n$/,
    ],
  ])("%s is refused before an engine starts", async (_, out, says) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "file"), "");
    const started = watchStartedScripts(folder);
    const args = ["bench", ...fakePair, ...short, "--out", out];
    const { code, stdout, stderr } = await specdec(args, { cwd: folder, env: started.env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(says);
    expect(started.names()).toEqual(["specdec.js"]);
  });

  test("is what keeps the engine from starting", async () => {
    const folder = temporaryFolder();
    const started = watchStartedScripts(folder);
    const args = ["bench", ...fakePair, ...short, "--out", "report.json"];
    expect(await specdec(args, { cwd: folder, env: started.env })).toMatchObject({ code: 0 });
    expect(started.names()).toEqual(["specdec.js", "process.js"]);
  });

  test("that is empty is a usage error", async () => {
    const run = await bench(temporaryFolder(), "--out", "");
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("error: --out is empty\n");
  });
});

test("--out keeps the JSON report beside the table, and nothing else", async () => {
  const folder = temporaryFolder();
  const { code, stdout } = await bench(folder, "--out", "report.json");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^target {3}fake:/);
  expect(reportIn(folder)).toMatchObject({ finished: true });
  expect(readdirSync(folder)).toEqual(["report.json"]);
});

test.each([
  ["report.md", [], /^\|/m],
  ["report.csv", [], /^id,state,/],
  ["report.out", ["--format", "csv"], /^id,state,/],
])("--out %s has the format of its ending, else of --format", async (name, args, content) => {
  const folder = temporaryFolder();
  expect(await bench(folder, "--out", name, ...args)).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, name), "utf8")).toMatch(content);
});

test("--out is a whole report while the bench still runs", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "report.json");
  const args = ["bench", ...fakePair, "--max-tokens", "20", "--reps", "1000", "--out", out];
  const run = startSpecdec(args);
  const contents = new Set<string>();
  const isWhole = (): true | undefined => {
    if (!readdirSync(folder).includes("report.json")) return undefined;
    contents.add(readFileSync(out, "utf8"));
    return contents.size >= 3 || undefined;
  };
  await waitFor("three reports", isWhole);
  run.kill("SIGKILL");
  await run.result;
  for (const content of contents) {
    expect(reportSchema.parse(JSON.parse(content))).toMatchObject({ finished: false });
  }
});

test("two benches may write the same report: it is one whole report", async () => {
  const folder = temporaryFolder();
  const runs = await Promise.all([
    bench(folder, "--draft-len", "1,2", "--reps", "5", "--out", "report.json"),
    bench(folder, "--draft-len", "3,4", "--reps", "5", "--out", "report.json"),
  ]);
  expect(runs).toMatchObject([{ code: 0 }, { code: 0 }]);
  const { finished, cells } = reportIn(folder);
  expect(finished).toBe(true);
  expect(cells.map(({ samples }) => samples.length)).toEqual([5, 5, 5]);
  expect(readdirSync(folder)).toEqual(["report.json"]);
});
