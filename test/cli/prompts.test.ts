import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeTarget, specdec } from "../support/cli.ts";
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
      "--format",
      "json",
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
  ["no JSON", `${good}\n{"id": "b"`, /^error: bad\.jsonl line 2 is not JSON: .+\n/],
  [
    "a field missing",
    `${good}\n\n{"id": "b", "category": "x"}`,
    /^error: bad\.jsonl line 3: prompt: .+\n/,
  ],
  [
    "an empty prompt",
    `{"id": "b", "category": "x", "prompt": " "}`,
    /^error: bad\.jsonl line 1: prompt: is empty\n/,
  ],
  ["an array", `${good}\n[]`, /^error: bad\.jsonl line 2: .+\n/],
])("a line with %s is named with its file and number", async (_, content, says) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bad.jsonl"), content);
  const { code, stdout, stderr } = await bench(folder, "bad.jsonl");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
  expect(stderr).toContain(formatHint);
});

test("two prompts may not have the same id", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "twice.jsonl"), `${good}\n${good}\n`);
  const { code, stderr } = await bench(folder, "twice.jsonl");
  expect(code).toBe(2);
  expect(stderr).toContain(
    'error: twice.jsonl line 2: the id "a" is taken by twice.jsonl line 1\n',
  );
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
