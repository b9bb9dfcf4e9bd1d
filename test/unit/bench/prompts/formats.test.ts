import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolvePrompts } from "../../../../src/bench/prompts/resolve-prompts.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** What a file of that name and content holds, and what is said about it. */
function read(name: string, content: string | Uint8Array, format?: string) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note.replace(path, name));
  return { prompts: resolvePrompts([path], { format, onNote }), notes };
}

const lines = (...rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const system = { role: "system", content: "Be brief." };
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("rows of", () => {
  it("Spec-Bench and MT-bench, each turn as a prompt", () => {
    const content = lines(
      { question_id: 81, category: "writing", turns: ["Write.", "Shorten it.", "Again."] },
      { question_id: 161, category: "summarization", turns: ["Sum it up."], reference: ["x"] },
    );
    expect(read("question.jsonl", content)).toEqual({
      prompts: [
        { id: "81", category: "writing", prompt: "Write." },
        {
          ...{ id: "81#2", category: "writing", prompt: "Shorten it.", turn: 2 },
          history: [user("Write.")],
        },
        {
          ...{ id: "81#3", category: "writing", prompt: "Again.", turn: 3 },
          history: [user("Write."), user("Shorten it.")],
        },
        { id: "161", category: "summarization", prompt: "Sum it up." },
      ],
      notes: ["question.jsonl: keys that specdec does not read: reference"],
    });
  });

  it("HumanEval, and MBPP", () => {
    const content = lines(
      { task_id: "HumanEval/0", prompt: "def add(a, b):\n", entry_point: "add", test: "" },
      { task_id: 11, text: "Write a function.", code: "def f(): ..." },
    );
    expect(read("humaneval-mini.jsonl", content)).toEqual({
      prompts: [
        { id: "HumanEval/0", category: "humaneval-mini", prompt: "def add(a, b):\n" },
        { id: "11", category: "humaneval-mini", prompt: "Write a function." },
      ],
      notes: ["humaneval-mini.jsonl: keys that specdec does not read: code, entry_point, test"],
    });
  });

  it("GSM8K and MATH, without an id", () => {
    const content = `\n${lines({ question: "How many?", answer: "#### 4" }, { problem: "Prove." })}`;
    expect(read("gsm8k.jsonl", content).prompts).toEqual([
      { id: "2", category: "gsm8k", prompt: "How many?" },
      { id: "3", category: "gsm8k", prompt: "Prove." },
    ]);
  });

  it("llama-spec-bench, with a limit", () => {
    const content = lines(
      { id: "task-1", name: "m", category: "reasoning", prompt: "def mul(a, b):", max_tokens: 8 },
      { prompt: "class Foo:" },
    );
    expect(read("ik-mini.jsonl", content)).toEqual({
      prompts: [
        { id: "task-1", category: "reasoning", prompt: "def mul(a, b):", maxTokens: 8 },
        { id: "2", category: "ik-mini", prompt: "class Foo:" },
      ],
      notes: ["ik-mini.jsonl: keys that specdec does not read: name"],
    });
  });

  it("OpenAI messages, with parts of text, without the answers after the user's last message", () => {
    const parts = [
      { type: "text", text: "Look:" },
      { type: "text", text: "x = 1" },
    ];
    const content = lines(
      { messages: [{ role: "user", content: parts }] },
      {
        messages: [
          { ...system, role: "developer" },
          user("Hi"),
          assistant("Ho"),
          user("Ha"),
          assistant("He"),
        ],
      },
    );
    expect(read("chat.jsonl", content).prompts).toEqual([
      { id: "1", category: "chat", prompt: "Look:\nx = 1" },
      {
        ...{ id: "2", category: "chat", prompt: "Ha" },
        history: [system, user("Hi"), assistant("Ho")],
      },
    ]);
  });

  it("OpenAI's batch files", () => {
    const body = { model: "m", messages: [user("Hi")], max_tokens: 5 };
    const row = { custom_id: "r-1", method: "POST", url: "/v1/chat/completions", body };
    expect(read("batch.jsonl", lines(row))).toEqual({
      prompts: [{ id: "r-1", category: "batch", prompt: "Hi", maxTokens: 5 }],
      notes: ["batch.jsonl: keys that specdec does not read: method, model, url"],
    });
  });

  it("ShareGPT, as an array over several lines", () => {
    const conversations = [
      { from: "human", value: "Hi" },
      { from: "gpt", value: "Ho" },
      { from: "human", value: "Ha" },
      { from: "gpt", value: "He" },
    ];
    const content = JSON.stringify([{ id: "QWJhYvA_0", conversations }], null, 2);
    expect(read("sharegpt.json", content).prompts).toEqual([
      {
        ...{ id: "QWJhYvA_0", category: "sharegpt", prompt: "Ha" },
        history: [user("Hi"), assistant("Ho")],
      },
    ]);
  });

  it("ShareGPT, without conversations in which the user says nothing", () => {
    const human = { from: "human", value: "Hi" };
    const rows = [[], [{ from: "bing", value: "Ho" }], [{ from: "bard", value: "Ho" }, human]];
    const content = lines(...rows.map((conversations) => ({ conversations })));
    expect(read("dump.jsonl", content)).toEqual({
      prompts: [{ id: "3", category: "dump", prompt: "Hi", history: [assistant("Ho")] }],
      notes: ["dump.jsonl: conversations without a question are left out: 2"],
    });
    const none = lines({ conversations: [] });
    expect(() => read("none.jsonl", none)).toThrow("none.jsonl holds no prompt");
    const tool = lines({ conversations: [{ from: "tool", value: "5" }] });
    expect(() => read("tool.jsonl", tool)).toThrow('"tool" is none of system, user, assistant');
  });

  it("LMSYS-Chat", () => {
    const content = lines({ conversation_id: "c", conversation: [user("Hi"), assistant("Ho")] });
    expect(read("lmsys.jsonl", content)).toEqual({
      prompts: [{ id: "c", category: "lmsys", prompt: "Hi" }],
      notes: [],
    });
  });

  it("Alpaca and Dolly, with and without an input", () => {
    const content = JSON.stringify([
      { instruction: "Write add.", input: "", output: "def add" },
      { instruction: "Sort it.", input: "b, a", output: "a, b" },
      { instruction: "Sum it up.", context: "A text.", category: "summarization" },
    ]);
    expect(read("alpaca.json", content).prompts).toEqual([
      { id: "1", category: "alpaca", prompt: "Write add." },
      { id: "2", category: "alpaca", prompt: "Sort it.\n\nb, a" },
      { id: "3", category: "summarization", prompt: "Sum it up.\n\nA text." },
    ]);
  });

  it("specdec's own, with all its keys", () => {
    const infill = { prefix: "def f(", suffix: "return x" };
    const content = lines(
      { id: 1, category: "code", prompt: "x", raw: true, special: true, maxTokens: 3 },
      { infill },
      { prompt: "x", system: "Be brief.", history: [user("Hi"), assistant("Ho")] },
      { prompt: [user("Hi")], system: "" },
    );
    expect(read("own.jsonl", content)).toEqual({
      prompts: [
        { id: "1", category: "code", prompt: "x", raw: true, special: true, maxTokens: 3 },
        { id: "2", category: "own", prompt: "def f(", infill },
        {
          ...{ id: "3", category: "own", prompt: "x" },
          history: [system, user("Hi"), assistant("Ho")],
        },
        { id: "4", category: "own", prompt: "Hi" },
      ],
      notes: [],
    });
  });

  it("prefix and suffix by themselves", () => {
    const row = { task_id: "a", prefix: "def f(", suffix: "" };
    expect(read("fim.jsonl", lines(row))).toEqual({
      prompts: [
        { id: "a", category: "fim", prompt: "def f(", infill: { prefix: "def f(", suffix: "" } },
      ],
      notes: [],
    });
  });

  it("bare texts", () => {
    expect(read("texts.json", '["Hi", "Ho"]').prompts).toEqual([
      { id: "1", category: "texts", prompt: "Hi" },
      { id: "2", category: "texts", prompt: "Ho" },
    ]);
  });
});

describe("a row of more than one format", () => {
  const both = { instruction: "Write.", prompt: "Below is an instruction. Write." };

  it("is refused, and the hint names the choices", () => {
    expect(() => read("both.jsonl", lines(both))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/line 1 may be specdec or alpaca: \{"instruction"/),
        hint: "Say which with --prompts-format specdec or --prompts-format alpaca.",
        exitCode: 2,
      }),
    );
  });

  it("is read as --prompts-format says", () => {
    expect(read("both.jsonl", lines(both), "alpaca").prompts).toMatchObject([{ prompt: "Write." }]);
    expect(read("both.jsonl", lines(both), "specdec").prompts).toMatchObject(
      [both].map(({ prompt }) => ({ prompt })),
    );
  });

  it("is of the one whose keys have content", () => {
    const row = { prompt: "", messages: [user("Hi")] };
    expect(read("union.jsonl", lines(row, { ...row, prompt: null })).prompts).toMatchObject([
      { prompt: "Hi" },
      { prompt: "Hi" },
    ]);
  });
});

it.each([
  [
    "an image",
    [{ type: "image_url", image_url: {} }],
    /messages\.0\.content\.0: expected a part of text, got a part of type image_url/,
  ],
  ["nothing", null, /messages\.0\.content: expected text, got null/],
  ["blanks", "  ", /messages\.0\.content: is empty/],
])("a message with %s is refused", (_, content, says) => {
  expect(() => read("chat.jsonl", lines({ messages: [{ role: "user", content }] }))).toThrow(says);
});

it("a conversation must have a message of the user's", () => {
  expect(() => read("chat.jsonl", lines({ messages: [system, assistant("x")] }))).toThrow(
    /messages: the last message is not the user's\. It looks like OpenAI messages: /,
  );
});

describe("files", () => {
  const row = '{"id":"é","prompt":"x"}';
  const utf16 = Buffer.from(`\uFEFF${row}\r\n`, "utf16le");

  it.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${row}`)],
    ["CRLF", Buffer.from(`${row}\r\n\r\n`)],
    ["UTF-16, as PowerShell writes it", utf16],
    ["UTF-16 of the other byte order", Buffer.from(utf16).swap16()],
    ["UTF-16 without a mark", utf16.subarray(2)],
    ["an array", Buffer.from(`[\n${row}\n]`)],
    ["one object over several lines", Buffer.from(JSON.stringify(JSON.parse(row), null, 2))],
  ])("of %s are read", (_, bytes) => {
    expect(read("file.jsonl", bytes).prompts).toEqual([{ id: "é", category: "file", prompt: "x" }]);
  });

  it.each([
    [
      "a UTF-16 text that is cut off",
      Uint8Array.of(0xff, 0xfe, 0x7b, 0),
      /\(UTF-16\) line 1 is not JSON/,
    ],
    ["half a UTF-16 unit", Uint8Array.of(0xff, 0xfe, 0x7b), /is not UTF-16LE text/],
    ["UTF-32", Uint8Array.of(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0), /is UTF-32 text/],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8), /is gzip-compressed, not text/],
    ["Parquet", Buffer.from("PAR1..."), /is a Parquet file, not text/],
    ["a model", Buffer.from("GGUF..."), /is a GGUF model, not text/],
    ["an array that is not closed", Buffer.from('[\n{"prompt":"x"},\n'), /line 2 is not JSON/],
    [
      "an array with a fault",
      Buffer.from('[\n{"prompt":"x"}\n{"prompt":"y"}\n]'),
      /line 3 is not JSON: .*\{"prompt":"y"\}$/,
    ],
    [
      "a list that is deeper than the stack",
      Buffer.from(`${"[".repeat(50_000)}${"]".repeat(50_000)}`),
      /item 1: expected an object, got a list\. .*: too deep to show$/,
    ],
    ["an empty array", Buffer.from("[]"), /holds no prompt/],
  ])("of %s are refused", (_, bytes, says) => {
    expect(() => read("file.jsonl", bytes)).toThrow(says);
  });
});
