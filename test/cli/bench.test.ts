import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BenchReport, reportSchema } from "../../src/bench/report.ts";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const short = ["--reps", "1", "--max-tokens", "6", "--prompts", "hi"];

test("a report that no --out names is kept among the runs, and its path is told", async () => {
  const cwd = temporaryFolder();
  const { stderr } = await specdec(["bench", ...fakePair, ...short], { cwd });
  const [, path = ""] = /^report: (bench-results\/runs\/[\w.-]+\.json)\n$/.exec(stderr) ?? [];
  const report = reportSchema.parse(JSON.parse(readFileSync(join(cwd, path), "utf8")));
  expect(report.finished).toBe(true);
});

test("where it cannot be kept the bench runs all the same, and says why", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "bench-results"), "not a folder");
  const { code, stdout, stderr } = await specdec(["bench", ...fakePair, ...short], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("plain");
  expect(stderr).toMatch(/^note: the report is not kept: cannot make .+\nhint: .+--out\.\n$/);
});

/** @returns the report of a bench that must go well */
async function reportOf(...args: readonly string[]): Promise<BenchReport> {
  const { code, stdout, stderr } = await specdec([
    "bench",
    "--format",
    "json",
    "--out",
    "none",
    ...args,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return reportSchema.parse(JSON.parse(stdout));
}

async function cellsOf(...args: readonly string[]): Promise<string[]> {
  return (await reportOf(...fakePair, ...short, ...args)).cells.map(({ id }) => id);
}

describe.concurrent("the sweep", () => {
  test("has plain as a row beside draft lengths 1, 2 and 4", async () => {
    expect(await cellsOf()).toEqual([
      "plain-t0",
      "draft-n1-k1-t0",
      "draft-n2-k1-t0",
      "draft-n4-k1-t0",
    ]);
  });

  test("without a draft model is plain alone", async () => {
    const { cells } = await reportOf(...fakeTarget, ...short);
    expect(cells.map(({ method }) => method)).toEqual(["plain"]);
  });

  test("takes every way to write an axis", async () => {
    expect(await cellsOf("--draft-len", "0,1-2,3-5+2,4-16*2")).toEqual([
      "plain-t0",
      ...[1, 2, 3, 5, 4, 8, 16].map((n) => `draft-n${n}-k1-t0`),
    ]);
  });

  test("crosses draft length, top-k and temperature", async () => {
    expect(await cellsOf("--draft-len", "2", "--top-k", "1,5", "--temp", "0.5-1+0.5")).toEqual([
      "plain-t0.5",
      "draft-n2-k1-t0.5",
      "draft-n2-k5-s2-t0.5",
      "plain-t1",
      "draft-n2-k1-t1",
      "draft-n2-k5-s2-t1",
    ]);
  });

  test("says where an axis cannot act, and runs equal cells once", async () => {
    const { cells, warnings } = await reportOf(
      ...fakePair,
      ...short,
      ...["--draft-len", "2", "--top-k", "1,5", "--tree-size", "0"],
    );
    expect(cells).toHaveLength(2);
    expect(warnings[0]).toMatchObject({ code: "axis-inert" });
  });

  test("has chains at temperature 0 and trees above it by default", async () => {
    expect(await cellsOf("--draft-len", "1,3", "--temp", "0,0.8")).toEqual([
      "plain-t0",
      "draft-n1-k1-t0",
      "draft-n3-k1-t0",
      "plain-t0.8",
      "draft-n1-k10-t0.8",
      "draft-n3-k10-s3-t0.8",
    ]);
  });

  test("takes every drafter, --drafter given several times", async () => {
    const drafters = ["draft", "ngram", "ngram,draft", "draft,ngram"];
    const flags = drafters.flatMap((each) => ["--drafter", each]);
    expect(await cellsOf("--draft-len", "2", ...flags)).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "ngram-n2-t0",
      "ngram+draft-n2-k1-t0",
      "draft+ngram-n2-k1-t0",
    ]);
    expect(await cellsOf("--drafter", "none")).toEqual(["plain-t0"]);
  });

  test("looks the prompt up without a draft model", async () => {
    const run = ["--reps", "1", "--max-tokens", "40", "--prompts", "one two one two one two"];
    const ngram = ["--drafter", "ngram", "--ngram-min", "1", "--ngram-max", "3"];
    const { cells, plan } = await reportOf(...fakeTarget, ...run, ...ngram);
    const drafting = cells.slice(1);
    expect(drafting.map(({ id }) => id)).toEqual(["ngram-n1-t0", "ngram-n2-t0", "ngram-n4-t0"]);
    expect(plan).toMatchObject({ ngram: { min: 1, max: 3 } });
    for (const { summary, samples } of drafting) {
      expect(summary?.sameAsPlain).toMatchObject({ equal: 1, compared: 1 });
      expect(samples[0]?.drafted).toBeGreaterThan(0);
    }
  });

  test("loads no draft model that nothing uses", async () => {
    const { models } = await reportOf(...fakePair, ...short, "--drafter", "ngram");
    expect(models.draft).toBeUndefined();
  });

  test("crosses trees with candidates, and leaves out those that are too small", async () => {
    const { cells, warnings } = await reportOf(
      ...[...fakePair, ...short],
      ...["--draft-len", "2,4", "--top-k", "1,3", "--tree-size", "0,2,8"],
    );
    expect(cells.map(({ id }) => id)).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "draft-n2-k3-s2-t0",
      "draft-n2-k3-s8-t0",
      "draft-n4-k1-t0",
      "draft-n4-k3-s8-t0",
    ]);
    expect(warnings[0]).toEqual({
      code: "combination-skipped",
      text: "--tree-size 2 is below --draft-len 4: these combinations are left out",
      hint: "Raise --tree-size, lower --draft-len, or give --tree-size 0 for a chain.",
    });
    for (const { summary } of cells.slice(1)) expect(summary?.sameAsPlain?.equal).toBe(1);
  });

  test("takes --p-min as an axis of fractions", async () => {
    expect(await cellsOf("--draft-len", "2", "--p-min", "0-0.4+0.2")).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "draft-n2-k1-p0.2-t0",
      "draft-n2-k1-p0.4-t0",
    ]);
  });

  test("takes auto among the draft lengths, and tells what it chose", async () => {
    const { cells } = await reportOf(
      ...[...fakePair, ...short],
      ...["--draft-len", "1,auto", "--max-tokens", "30"],
    );
    expect(cells.map(({ id }) => id)).toEqual(["plain-t0", "draft-n1-k1-t0", "draft-auto-k1-t0"]);
    const { summary, samples, draftLen, adaptive } = cells[2] ?? {};
    expect({ draftLen, adaptive }).toEqual({ draftLen: 16, adaptive: true });
    const passes = summary?.adaptive?.plannedSizes.reduce((sum, each) => sum + each, 0);
    expect(passes).toBe(samples?.[0]?.passes);
    expect(summary?.adaptive?.regret?.against).toMatch(/^(?:plain|draft-n1-k1)-t0$/);
    expect(summary?.sameAsPlain?.equal).toBe(1);
  });

  test("with typical acceptance is marked as lossy above temperature 0, and exact at it", async () => {
    const { cells, warnings, plan } = await reportOf(
      ...[...fakePair, ...short, "--draft-len", "2", "--temp", "0,1", "--max-tokens", "30"],
      ...["--accept", "typical", "--typical-epsilon", "0.01", "--typical-delta", "0.5"],
    );
    expect(cells.map(({ id }) => id)).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "plain-t1",
      "draft-n2-k10-s2-t1-typical",
    ]);
    expect(plan.typical).toEqual({ epsilon: 0.01, delta: 0.5 });
    expect(warnings[0]).toMatchObject({ code: "typical-is-exact" });
    expect(cells[3]).toMatchObject({ accept: "typical", warnings: [{ code: "lossy" }] });
    expect(cells[3]?.summary?.deviationRate).toBeGreaterThan(0);
    expect(cells[1]?.summary?.deviationRate).toBeNull();
  });
});

describe.concurrent("the runs", () => {
  test("are --reps for every prompt, of --max-tokens at most", async () => {
    const report = await reportOf(
      ...fakePair,
      ...["--draft-len", "2", "--reps", "2", "--max-tokens", "7", "--prompts", "one", "two"],
    );
    for (const { samples } of report.cells) {
      expect(samples.map(({ tokens }) => tokens)).toEqual([7, 7, 7, 7]);
      expect(samples.map(({ prompt, repetition }) => `${prompt} ${repetition}`).sort()).toEqual([
        "text-1 0",
        "text-1 1",
        "text-2 0",
        "text-2 1",
      ]);
    }
  });

  test("take prompts from several --prompts", async () => {
    const { plan } = await reportOf(
      ...fakeTarget,
      ...["--reps", "1", "--max-tokens", "2", "--prompts", "one", "--prompts", "two"],
    );
    expect(plan.prompts.map(({ prompt }) => prompt)).toEqual(["one", "two"]);
  });

  test("take the built-in prompts, a dozen of six kinds", async () => {
    const { plan, cells } = await reportOf(...fakeTarget, "--reps", "1", "--max-tokens", "2");
    expect(plan.prompts).toHaveLength(12);
    expect(new Set(plan.prompts.map(({ category }) => category)).size).toBe(6);
    expect(cells[0]?.samples).toHaveLength(12);
  });

  test("are warmed up with --warmup: the prompt is in the cache already", async () => {
    const run = async (warmup: string) =>
      (
        await reportOf(
          ...fakeTarget,
          "--warmup",
          warmup,
          "--reps",
          "1",
          "--max-tokens",
          "2",
          "--prompts",
          "a prompt that is longer than a chunk",
        )
      ).cells[0]?.samples[0]?.reusedTokens;
    expect(await run("0")).toBe(0);
    expect(await run("1")).toBeGreaterThan(0);
  });

  test("go through the chat template unless --raw", async () => {
    const run = async (...args: string[]) =>
      (await reportOf(...fakeTarget, ...short, ...args)).cells[0]?.samples[0]?.promptTokens;
    expect(await run()).toBe(9);
    expect(await run("--raw")).toBe(3);
  });

  test("repeat themselves with the same --seed, and not with another", async () => {
    const run = async (seed: string) =>
      (
        await reportOf(...fakePair, ...short, "--temp", "2", "--max-tokens", "20", "--seed", seed)
      ).cells.map(({ samples }) => samples[0]?.text);
    const first = await run("5");
    expect(await run("5")).toEqual(first);
    expect(await run("6")).not.toEqual(first);
  });

  test.each([
    ["--sampler-top-k", "1"],
    ["--top-p", "0"],
    ["--min-p", "1"],
  ])("%s %s leaves the likeliest token alone", async (...option) => {
    const text = async (...args: string[]) =>
      (await reportOf(...fakeTarget, ...short, ...args, "--max-tokens", "20")).cells[0]?.samples[0]
        ?.text;
    expect(await text("--temp", "2", ...option)).toBe(await text());
  });

  test("have the context of --ctx", async () => {
    expect((await reportOf(...fakeTarget, ...short, "--ctx", "100")).contextSize).toBe(100);
  });

  test("end the bench at once where a prompt does not fit", async () => {
    const run = await specdec(["bench", ...fakePair, "--ctx", "8", "--prompts", "hi"]);
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toBe(
      "error: 1 prompt does not fit the context of 8 tokens: text-1 (9 tokens)\n" +
        "hint: Shorten them, ask for a larger context with --ctx, or leave them out with --skip-too-long.\n",
    );
  });

  test("give the text of plain decoding at temperature 0", async () => {
    const { cells } = await reportOf(...fakePair, ...short, "--max-tokens", "60");
    for (const { method, summary } of cells) {
      if (method === "speculative")
        expect(summary?.sameAsPlain).toMatchObject({ equal: 1, compared: 1 });
    }
  });
});

describe.concurrent("trust", () => {
  test("--baseline-rows needs models that node-llama-cpp can load", async () => {
    const args = ["bench", ...fakePair, ...short, "--baseline-rows"];
    expect(await specdec(args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "error: --baseline-rows measures node-llama-cpp, which does not run the fake engine's models\n" +
        "hint: Give GGUF models, or leave --baseline-rows out.\n",
    });
  });

  test("--aa measures plain against plain", async () => {
    const { cells, plan, noise } = await reportOf(
      ...[...fakePair, ...short, "--draft-len", "2", "--aa"],
    );
    expect(cells.map(({ id }) => id)).toEqual(["plain-t0", "plain-again-t0", "draft-n2-k1-t0"]);
    expect(cells[1]?.summary).toMatchObject({
      speedup: { estimate: expect.any(Number) },
      sameAsPlain: { equal: 1, compared: 1 },
    });
    expect({ aa: plan.aa, measured: noise?.measured }).toEqual({ aa: true, measured: true });
  });

  test("--until-ci makes more repetitions, and --time-budget ends them", async () => {
    const { plan, endedBy, finished, cells } = await reportOf(
      ...[...fakePair, "--draft-len", "2", "--reps", "1", "--max-tokens", "12", "--prompts", "hi"],
      ...["--until-ci", "0.001%", "--time-budget", "2s"],
    );
    expect({ endedBy, finished }).toEqual({ endedBy: "time-budget", finished: true });
    expect(plan).toMatchObject({ untilCi: 0.00001, timeBudgetMs: 2000 });
    expect(cells[0]?.samples.length).toBeGreaterThan(1);
  });

  test("--time-budget alone keeps what there is", async () => {
    const { cells, warnings } = await reportOf(
      ...[...fakePair, "--reps", "100", "--max-tokens", "30", "--prompts", "a", "b"],
      ...["--time-budget", "0.5s"],
    );
    for (const { samples } of cells) expect(samples.length).toBeGreaterThan(0);
    expect(warnings).toContainEqual(expect.objectContaining({ code: "time-budget" }));
  });

  test("--check-distribution tests second tokens and all drafts above temperature 0", async () => {
    const { distributions } = await reportOf(
      ...["--engine", "fake", "--target", "fake:", "--draft", "fake:agreement=0.8"],
      ...[...short, "--draft-len", "2", "--temp", "1", "--check-distribution"],
      ...["--check-texts", "100"],
    );
    expect(distributions).toMatchObject([
      { cell: "plain-t1", generations: 100, pValue: expect.any(Number) },
      {
        ...{ cell: "draft-n2-k10-s2-t1", generations: 100, pValue: expect.any(Number) },
        positions: { acceptance: { tested: expect.any(Number) }, pValue: expect.any(Number) },
      },
    ]);
  });

  test.each([
    [["--until-ci", "0%"], "--until-ci 0% is not a share above 0%, up to 100%"],
    [["--until-ci", "3"], "--until-ci 3 is not a share"],
    [["--time-budget", "10"], "--time-budget 10 is not a time"],
    [["--time-budget", "0s"], "--time-budget 0s is not a time"],
    [["--check-distribution"], "--check-distribution needs a temperature above 0"],
    [["--check-texts", "900"], "--check-texts needs --check-distribution"],
  ])("%j is a usage error", async (args, message) => {
    const run = await specdec(["bench", ...fakePair, ...short, ...args]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/^error: .*\nhint: .*\n$/);
    expect(run.stderr).toContain(`error: ${message}`);
  });
});

describe.concurrent("stdout", () => {
  const print = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await specdec([
      "bench",
      ...fakePair,
      ...short,
      "--out",
      "none",
      ...args,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };

  test("is a table with a row for each cell, without colours", async () => {
    for (const stdout of [await print(), await print("--format", "table")]) {
      expect(stdout).toMatch(/^target {3}fake:/);
      expect(stdout.match(/^(?:plain|draft) +[–\d]/gm)).toHaveLength(4);
      expect(stdout).not.toContain("\u001b");
    }
  });

  test("marks what is lossy in every format", async () => {
    const lossy = ["--draft-len", "2", "--temp", "1", "--accept", "typical"];
    for (const format of ["table", "markdown", "csv"]) {
      expect(await print(...lossy, "--format", format)).toContain("typical (lossy)");
    }
    expect(await print(...lossy, "--format", "json")).toContain('"code": "lossy"');
  });

  test("says below the table what auto chose", async () => {
    const stdout = await print("--draft-len", "1,auto", "--max-tokens", "30");
    expect(stdout).toMatch(
      // What is chosen depends on the machine, and so does where a long line is broken.
      /^draft length auto: tokens drafted \d+ in \d+%.*?of\s+passes;.*?regret\s+-?[\d.]+%\s+against\s/ms,
    );
  });

  test("is CSV: a head and a line for each cell, all as long", async () => {
    const lines = (await print("--format", "csv")).trimEnd().split("\r\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^id,state,method,/);
    expect(new Set(lines.map((line) => line.split(",").length)).size).toBe(1);
  });

  test("is Markdown: tables whose lines have as many columns", async () => {
    const tables = (await print("--format", "markdown"))
      .split("\n\n")
      .map((part) => part.trim().split("\n"))
      .filter(([first]) => first?.startsWith("|"));
    // All cells, and acceptance by position of those that draft.
    expect(tables.map(({ length }) => length)).toEqual([6, 5]);
    for (const lines of tables) {
      expect(new Set(lines.map((line) => line.split(/(?<!\\)\|/).length)).size).toBe(1);
    }
  });

  test("has speedups by category with --by-category, and charts on no pipe", async () => {
    const lines = ["one", "two"].map((id) =>
      JSON.stringify({ id, category: `kind-${id}`, prompt: "hi" }),
    );
    const file = join(temporaryFolder(), "prompts.jsonl");
    writeFileSync(file, lines.join("\n"));
    const stdout = await print("--by-category", "--prompts", file);
    expect(stdout).toMatch(/^speedup by category of prompts\ncell +text +kind-one +kind-two\n/m);
    expect(stdout).not.toContain("speedup, with its interval");
    expect(await print("--prompts", file)).not.toContain("by category");
  });

  test("is JSON for a benchmark action", async () => {
    const entries = JSON.parse(await print("--format", "benchmark-action"));
    expect(entries).toHaveLength(6);
    expect(entries[0]).toMatchObject({ unit: "× plain", value: expect.any(Number) });
  });

  test("is JSON of the schema that it names", async () => {
    const report = reportSchema.parse(JSON.parse(await print("--format", "json")));
    expect(report).toMatchObject({ schema: "specdec.bench/1", finished: true });
  });
});
