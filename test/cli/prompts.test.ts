import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BenchReport } from "../../src/bench/report.ts";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";
import { specBenchFile } from "../support/spec-bench-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const good = '{"id": "a", "category": "code", "prompt": "hi"}';
const formatHint = 'hint: One object a line: {"id": "…", "category": "…", "prompt": "…"}.\n';

function bench(cwd: string, ...prompts: readonly string[]) {
  return specdec(
    [
      "bench",
      ...fakeTarget,
      "--reps",
      "1",
      "--max-tokens",
      "2",
      ...["--format", "json", "--out", "none"],
      "--prompts",
      ...prompts,
    ],
    { cwd },
  );
}

test("a file of JSON lines and a text file are read", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "mine.jsonl"), `${good}\n\n`);
  writeFileSync(join(folder, "long.txt"), "line one\nline two\n");
  const { code, stdout } = await bench(folder, "mine.jsonl", "long.txt", "said directly");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).plan.prompts).toEqual([
    { id: "a", category: "code", prompt: "hi" },
    { id: "long.txt", category: "text", prompt: "line one\nline two" },
    { id: "text-1", category: "text", prompt: "said directly" },
  ]);
});

test.each([
  ["no JSON", `${good}\n{"id": "b"`, /^error: bad\.jsonl line 2 is not JSON: .+\{"id": "b"\n/],
  [
    "a field missing",
    `${good}\n\n{"id": "b", "category": "x"}`,
    /^error: bad\.jsonl line 3: prompt is missing\. It looks like .+: \{"id":"b","category":"x"\}\n/,
  ],
  [
    "an empty prompt",
    `{"id": "b", "category": "x", "prompt": " "}`,
    /^error: bad\.jsonl line 1: prompt: is empty\. /,
  ],
  ["an array", `${good}\n[]`, /^error: bad\.jsonl line 2: expected an object, got a list\. /],
])("a line with %s is named with its file and number", async (_, content, says) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bad.jsonl"), content);
  const { code, stdout, stderr } = await bench(folder, "bad.jsonl");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
  expect(stderr).toContain(formatHint);
});

test("two prompts with the same id get names of their own", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "twice.jsonl"), `${good}\n${good}\n`);
  const { code, stdout, stderr } = await bench(folder, "twice.jsonl");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).plan.prompts.map(({ id }: { id: string }) => id)).toEqual([
    "a",
    "a (2)",
  ]);
  expect(stderr).toBe("note: two prompts have the same id: one is called a (2)\n");
});

test("- reads stdin", async () => {
  const args = ["bench", ...fakeTarget, "--reps", "1", "--max-tokens", "2", "--format", "json"];
  const stdin = '{"question": "How many?"}\n';
  const { code, stdout } = await specdec([...args, "--out", "none", "--prompts", "-"], { stdin });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).plan.prompts).toEqual([
    { id: "1", category: "stdin", prompt: "How many?" },
  ]);
});

const talk = '{"question_id": 111, "category": "math", "turns": ["What is 3+4?", "Add 5."]}\n';

describe("turns of a conversation", () => {
  function ask(cwd: string, ...args: readonly string[]) {
    writeFileSync(join(cwd, "mt.jsonl"), talk);
    return bench(cwd, "mt.jsonl", ...args);
  }

  test("follow plain's text, which the report holds", async () => {
    const { code, stdout, stderr } = await ask(
      temporaryFolder(),
      "--temp",
      "0,0.8",
      "--draft-len",
      "0",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { plan, cells }: BenchReport = JSON.parse(stdout);
    const first = cells[0]?.samples.find(({ prompt }) => prompt === "111");
    expect(first?.text).toHaveLength(2);
    expect(plan.prompts[1]).toEqual({
      ...{ id: "111#2", category: "math", prompt: "Add 5.", turn: 2 },
      history: [
        { role: "user", content: "What is 3+4?" },
        { role: "assistant", content: first?.text },
      ],
    });
  });

  test("say so in the table", async () => {
    const { stdout } = await ask(temporaryFolder(), "--format", "table");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "later turns follow plain decoding's answers (temperature 0)",
    );
  });

  test("are held against a baseline by what was asked", async () => {
    const cwd = temporaryFolder();
    const gate = ["--out", "none", "--check", "base.json", "--max-regression", "90%"];
    const pair = ["--draft", "fake:agreement=0.8,step=0.3", "--draft-len", "2"];
    expect(await ask(cwd, ...pair, ...gate, "--update-baseline")).toMatchObject({ code: 0 });
    const file = join(cwd, "base.json");
    const report: BenchReport = JSON.parse(readFileSync(file, "utf8"));
    const answer = report.plan.prompts[1]?.history?.[1];
    if (answer === undefined) throw new Error("the baseline has no answer");
    answer.content = "What another machine answered.";
    writeFileSync(file, JSON.stringify(report));
    const same = await ask(cwd, ...pair, ...gate);
    expect(same.stderr).toMatch(/gate: not worse than base\.json/);
    expect(same.code).toBe(0);
    const skipping = await ask(cwd, ...pair, ...gate, "--skip-too-long");
    expect(skipping.code).toBe(0);
  });

  test("are tuned on", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "mt.jsonl"), talk);
    const args = [
      "--draft-len",
      "1,2",
      "--top-k",
      "1",
      "--max-tokens",
      "6",
      "--prompts",
      "mt.jsonl",
    ];
    const { code, stdout } = await specdec(["tune", ...fakePair, ...args], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("Recorded 2 prompts");
  });
});

describe("a file of 480 lines like Spec-Bench's", () => {
  function sample(cwd: string, ...args: readonly string[]) {
    writeFileSync(join(cwd, "question.jsonl"), specBenchFile());
    const quick = ["--target", "fake:", "--draft-len", "0", "--warmup", "0"];
    return bench(cwd, "question.jsonl", ...quick, ...args);
  }

  const rowsOf = (stdout: string): string[] => {
    const { plan }: BenchReport = JSON.parse(stdout);
    return plan.prompts.filter(({ turn }) => turn === undefined).map(({ category }) => category);
  };

  test("runs with --prompts-sample 12, two of each large category and two of MT-bench's", async () => {
    const { code, stdout, stderr } = await sample(temporaryFolder(), "--prompts-sample", "12");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const categories = rowsOf(stdout);
    expect(categories).toHaveLength(12);
    for (const each of ["translation", "summarization", "qa", "math_reasoning", "rag"]) {
      expect(categories.filter((category) => category === each)).toHaveLength(2);
    }
    const { plan }: BenchReport = JSON.parse(stdout);
    expect(plan.prompts).toHaveLength(14);
    const again = await sample(temporaryFolder(), "--prompts-sample", "12");
    expect(JSON.parse(again.stdout).plan.prompts).toEqual(plan.prompts);
    const other = await sample(temporaryFolder(), "--prompts-sample", "12", "--seed", "2");
    expect(JSON.parse(other.stdout).plan.prompts).not.toEqual(plan.prompts);
  });

  test("runs with --prompts-limit, from its start", async () => {
    const { stdout } = await sample(temporaryFolder(), "--prompts-limit", "3");
    const { plan }: BenchReport = JSON.parse(stdout);
    expect(plan.prompts.map(({ id }) => id)).toEqual(["81", "81#2", "82", "82#2", "83", "83#2"]);
  });

  test("is refused where prompts do not fit, all by name, and runs without them", async () => {
    const few = ["--prompts-sample", "12", "--ctx", "1000"];
    const refused = await sample(temporaryFolder(), ...few);
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 3, stdout: "" });
    expect(refused.stderr).toMatch(
      /^error: 4 prompts do not fit the context of 1000 tokens: (\d+ \(\d+ tokens\)(, |\n)){4}hint: .*--skip-too-long/,
    );
    const run = await sample(temporaryFolder(), ...few, "--skip-too-long");
    expect(run.code).toBe(0);
    const { plan, warnings }: BenchReport = JSON.parse(run.stdout);
    expect(plan.prompts).toHaveLength(10);
    expect(warnings).toContainEqual(expect.objectContaining({ code: "prompts-left-out" }));
  });
});

test("a row's max_tokens holds, unless --max-tokens is smaller", async () => {
  const cwd = temporaryFolder();
  const limits = [8, 3].map((max_tokens) => JSON.stringify({ prompt: "x", max_tokens }));
  writeFileSync(join(cwd, "own.jsonl"), `${limits.join("\n")}\n{"prompt": "x"}\n`);
  const args = ["bench", ...fakeTarget, "--draft-len", "0", "--reps", "1", "--format", "json"];
  const tokens = async (...more: readonly string[]) => {
    const run = await specdec([...args, "--prompts", "own.jsonl", ...more], { cwd });
    const { cells }: BenchReport = JSON.parse(run.stdout);
    return cells[0]?.samples.map((each) => each.tokens);
  };
  expect(await tokens("--max-tokens", "5")).toEqual([5, 3, 5]);
  expect((await tokens())?.slice(0, 2)).toEqual([8, 3]);
});

test.each([
  [["--prompts-limit", "0"], "--prompts-limit 0 is not a whole number from 1 to 1000000000\n"],
  [
    ["--prompts-sample", "1.5"],
    "--prompts-sample 1.5 is not a whole number from 1 to 1000000000\n",
  ],
  [
    ["--prompts-limit", "2", "--prompts-sample", "2"],
    "--prompts-limit and --prompts-sample cannot be combined\n",
  ],
  [["--prompts-format", "csv"], "--prompts-format csv is none of specdec, infill, spec-bench"],
])("%s is refused", async (args, says) => {
  const { code, stderr } = await bench(temporaryFolder(), "hi", ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(`error: ${says}`);
});

test.each([
  [
    "a missing file",
    "none.jsonl",
    "error: --prompts: there is no file none.jsonl\nhint: Check the path.\n",
  ],
  ["a folder", "folder", "error: --prompts: folder is a folder\nhint: Name a file in it.\n"],
  ["a file without a prompt", "blank.jsonl", `error: blank.jsonl holds no prompt\n${formatHint}`],
  ["an empty text", "", "error: --prompts: a prompt is empty\nhint: Write some text.\n"],
])("%s is refused", async (_, name, says) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "blank.jsonl"), "\n");
  expect(await bench(folder, name)).toEqual({ code: 2, signal: null, stdout: "", stderr: says });
});

test("--prompts without anything is refused", async () => {
  const { code, stderr } = await bench(temporaryFolder());
  expect(code).toBe(2);
  expect(stderr).toBe(
    "error: --prompts names nothing\nhint: Name a file or a suite, or write a prompt.\n",
  );
});
