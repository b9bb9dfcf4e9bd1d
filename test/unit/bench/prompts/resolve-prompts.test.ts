import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolvePrompts } from "../../../../src/bench/prompts/resolve-prompts.ts";
import { UserError } from "../../../../src/errors.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "specdec-prompts-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const good = '{"id":"a","category":"chat","prompt":"Hello?"}';

describe("resolvePrompts", () => {
  it("has a default suite of twelve prompts, two of each category", () => {
    const prompts = resolvePrompts(["default"]);
    const categories = prompts.map(({ category }) => category);
    expect(prompts.map(({ id }) => id)).toEqual(
      ["code", "chat", "summarising", "rewriting", "translation", "maths"].flatMap((name) => [
        `${name}-1`,
        `${name}-2`,
      ]),
    );
    expect(prompts.every(({ id, category }) => id.startsWith(`${category}-`))).toBe(true);
    expect(new Set(categories).size).toBe(6);
    for (const { prompt } of prompts) {
      const words = prompt.split(/\s+/).length;
      expect(words, prompt).toBeGreaterThanOrEqual(25);
      expect(words, prompt).toBeLessThanOrEqual(125);
    }
  });

  it("takes other arguments as prompts", () => {
    expect(resolvePrompts(["Tell me a joke.", "And another"])).toEqual([
      { id: "text-1", category: "text", prompt: "Tell me a joke." },
      { id: "text-2", category: "text", prompt: "And another" },
    ]);
  });

  it("reads JSON lines, past a byte order mark, blank lines and unread keys", () => {
    const more = '{"id":"b","category":"code","prompt":"é","note":1}';
    const path = file("good.jsonl", `\uFEFF${good}\r\n\n  \n${more}\n`);
    expect(resolvePrompts([path])).toEqual([
      { id: "a", category: "chat", prompt: "Hello?" },
      { id: "b", category: "code", prompt: "é" },
    ]);
  });

  it("reads how a prompt goes in, and code around a gap", () => {
    const raw = { id: "r", category: "fim", prompt: "<PRE>", raw: true, special: true };
    const infill = { prefix: "def f():\n    ", suffix: "" };
    const gap = { id: "g", category: "fim", infill };
    const path = file("kinds.jsonl", [raw, gap].map((line) => JSON.stringify(line)).join("\n"));
    expect(resolvePrompts([path])).toEqual([raw, { ...gap, prompt: infill.prefix }]);
  });

  it("takes no path to nothing for a prompt", () => {
    for (const path of ["./nope", "prompts/mine", "/no/such/file", "~/mine", "..\\mine", ".mine"]) {
      expect(() => resolvePrompts([path]), path).toThrow(`there is no file ${path}`);
    }
    const texts = ["either / or", "what is a/b testing?", "x", "./run it", "1+1=?"];
    expect(resolvePrompts(texts).map(({ prompt }) => prompt)).toEqual(texts);
  });

  it("reads a text file as one prompt", () => {
    const path = file("one.txt", "Two\nlines\n");
    expect(resolvePrompts([path, "x"])).toEqual([
      { id: path, category: "text", prompt: "Two\nlines" },
      { id: "text-1", category: "text", prompt: "x" },
    ]);
  });

  it("reads an existing file of any other name as JSON lines", () => {
    expect(resolvePrompts([file("suite", good)])).toHaveLength(1);
  });

  it.each([
    ["{", /line 2 is not JSON: .*The line: \{$/],
    ['{"id":"b","category":"chat"}', /line 2: prompt is missing\. It looks like specdec's own/],
    ['{"prompt":null}', /line 2: prompt is null\./],
    ['{"id":"b","category":"chat","prompt":" "}', /line 2: prompt: is empty\./],
    ['{"prompt":7}', /line 2: prompt: expected text, got a number\./],
    ['{"id":{},"prompt":"x"}', /line 2: id: expected text or a number, got an object\./],
    [
      '{"prompt":"x","history":[{"role":"bob","content":"x"}]}',
      /line 2: history\.0\.role: "bob" is none of system, user, assistant\./,
    ],
    ['{"prompt":"x","max_tokens":0}', /max_tokens: expected a whole number from 1 to \d+, got 0\./],
    ['{"prompt":"x","raw":"yes"}', /line 2: raw: expected true or false, got text\./],
    ['{"question_id":81,"turns":[]}', /turns: is empty\. It looks like Spec-Bench or MT-bench: /],
    ['{"question_id":81,"category":"x"}', /turns is missing\. It looks like Spec-Bench or MT-/],
    ['{"task_id":"HumanEval/0","test":""}', /task_id and prompt|prompt is missing\. .* HumanEval/],
    ["[]", /line 2: expected an object, got a list\./],
    ["null", /line 2: expected an object, got null\./],
    ['" "', /line 2: prompt: is empty\./],
  ])("names file, line and likely format of %s, and shows the line", (line, message) => {
    const path = file("bad.jsonl", `${good}\n${line}\n`);
    const error = failure([path]);
    expect(error.message).toContain(`${path} line 2`);
    expect(error.message).toMatch(message);
    expect(error.message.endsWith(`: ${line}`)).toBe(true);
    expect(error.exitCode).toBe(2);
  });

  it("shows a long line in part, without control characters", () => {
    const path = file("long.jsonl", `{"prompt":"x\u001b[2J${"y".repeat(500)}`);
    const { message } = failure([path]);
    expect(message).toContain('The line: {"prompt":"x␛[2Jyyy');
    expect(message).toMatch(/y… \(5\d\d characters\) …y+$/);
    expect(message.length).toBeLessThan(path.length + 250);
  });

  it("numbers ids that a file has twice, and names the file of those that another has", () => {
    const [a, b] = [file("a.jsonl", `${good}\n${good}`), file("b.jsonl", `${good}\n${good}`)];
    const notes: string[] = [];
    const prompts = resolvePrompts([a, b], { onNote: (note) => notes.push(note) });
    expect(prompts.map(({ id }) => id)).toEqual(["a", "a (2)", "b:a", "b:a (2)"]);
    expect(notes).toEqual(["3 prompts have ids that others have: they are called a (2) and so on"]);
  });

  it("keeps turns apart from rows that are named like them", () => {
    const rows = [
      { id: "81#2", prompt: "x" },
      { id: "81", turns: ["y", "z"] },
      { id: "81", prompt: "x" },
    ];
    const path = file("turns.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    const ids = resolvePrompts([path]).map(({ id }) => id);
    expect(ids).toEqual(["81#2", "81 (2)", "81 (2)#2", "81"]);
  });

  it("reads what ends in .json, unless it is prose", () => {
    expect(failure(["none.json"]).message).toBe("--prompts: there is no file none.json");
    const prose = "Write a package.json";
    expect(resolvePrompts([prose])).toMatchObject([{ prompt: prose }]);
    expect(resolvePrompts([file("with space.json", `[${good}]`)])).toMatchObject([{ id: "a" }]);
  });

  it("folds control characters in names into symbols", () => {
    const row = { id: "a\nb\u001b", category: "c\td\u0085\u202e", prompt: "x" };
    expect(resolvePrompts([file("names.jsonl", JSON.stringify(row))])).toMatchObject([
      { id: "a⏎b␛", category: "c␉d\\u{85}\\u{202e}" },
    ]);
  });

  it("gives 5,000 rows with the same id names of their own", () => {
    const path = file("many.jsonl", Array.from({ length: 5000 }, () => good).join("\n"));
    const ids = new Set(resolvePrompts([path]).map(({ id }) => id));
    expect(ids.size).toBe(5000);
    expect(ids).toContain("a (5000)");
  });

  it("reads earlier messages of a conversation", () => {
    const history = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ];
    const prompt = { id: "c", category: "chat", prompt: "And now?", history };
    expect(resolvePrompts([file("talk.jsonl", JSON.stringify(prompt))])).toEqual([prompt]);
  });

  it("takes a suite's name, unless a file has it", () => {
    const code = resolvePrompts(["code"]);
    expect(code.every(({ category }) => category === "code")).toBe(true);
    expect(resolvePrompts([file("code", good)])).toMatchObject([{ id: "a" }]);
  });

  it("refuses a word that is nearly a suite's name, and takes it with a space", () => {
    expect(failure(["math"])).toMatchObject({
      message: "--prompts: there is no suite math",
      hint: 'Did you mean maths? As a prompt of its own, write it with a space: "math ".',
    });
    expect(resolvePrompts(["math "])).toMatchObject([{ prompt: "math " }]);
    expect(resolvePrompts(["hello"])).toMatchObject([{ prompt: "hello" }]);
  });

  it.each([[[""]], [["  \n"]], [[]]])("refuses no prompt: %j", (args) => {
    expect(failure(args).exitCode).toBe(2);
  });

  it("refuses files without a prompt", () => {
    expect(failure([file("empty.jsonl", "\n\n")]).message).toMatch(/empty\.jsonl holds no prompt/);
    expect(failure([file("empty.txt", "\n")]).message).toMatch(/empty\.txt is empty/);
  });

  it("says that a file is missing", () => {
    const path = join(folder, "none.jsonl");
    expect(failure([path])).toMatchObject({
      message: `--prompts: there is no file ${path}`,
      hint: "Check the path.",
      exitCode: 2,
    });
  });

  it("refuses folders and bytes that are no text", () => {
    expect(failure([folder]).message).toBe(`--prompts: ${folder} is a folder`);
    const bytes = file("bytes.jsonl", Uint8Array.of(0x47, 0xff, 0xfe));
    expect(failure([bytes]).message).toBe(`${bytes} is not UTF-8 text`);
  });

  it("takes a long prompt, which no file can be named", () => {
    const text = "word ".repeat(20_000);
    expect(resolvePrompts([text])[0]?.prompt).toBe(text);
  });
});

function failure(args: readonly string[]): UserError {
  try {
    resolvePrompts(args);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("accepted");
}
