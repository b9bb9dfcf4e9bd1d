import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolvePrompts } from "../../../src/bench/prompts/resolve-prompts.ts";
import { UserError } from "../../../src/errors.ts";

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

  it("reads JSON lines, past a byte order mark, blank lines and further keys", () => {
    const more = '{"id":"b","category":"code","prompt":"é","note":1}';
    const path = file("good.jsonl", `\uFEFF${good}\r\n\n  \n${more}\n`);
    expect(resolvePrompts([path])).toEqual([
      { id: "a", category: "chat", prompt: "Hello?" },
      { id: "b", category: "code", prompt: "é" },
    ]);
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
    ["{", /line 2 is not JSON: /],
    ['{"id":"b","category":"chat"}', /line 2: prompt: .*expected string/],
    ['{"id":"b","category":"chat","prompt":" "}', /line 2: prompt: is empty$/],
    ['{"id":"","category":"chat","prompt":"x"}', /line 2: id: is empty$/],
    ['{"id":"b\\n","category":"chat","prompt":"x"}', /line 2: id: has a line break/],
    ['{"id":7,"category":"chat","prompt":"x"}', /line 2: id: .*expected string/],
    ['{"id":"b","category":"chat","prompt":"x","history":[]}', /line 2: history: Too small/],
    [
      '{"id":"b","category":"chat","prompt":"x","history":[{"role":"bot","content":"x"}]}',
      /line 2: history\.0\.role: /,
    ],
    ["[]", /line 2: .*expected object/],
    ["null", /line 2: .*expected object/],
    [good, /line 2: the id "a" is taken by .*bad\.jsonl line 1$/],
  ])("names file and line of %s", (line, message) => {
    const path = file("bad.jsonl", `${good}\n${line}\n`);
    const error = failure([path]);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });

  it("refuses the same id in two files", () => {
    const [a, b] = [file("a.jsonl", good), file("b.jsonl", good)];
    expect(failure([a, b]).message).toBe(`${b} line 1: the id "a" is taken by ${a} line 1`);
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
