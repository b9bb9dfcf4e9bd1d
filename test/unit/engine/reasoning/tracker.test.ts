import { describe, expect, test } from "vitest";
import { reasoningMarks } from "../../../../src/engine/reasoning/marks.ts";
import { ReasoningTracker } from "../../../../src/engine/reasoning/tracker.ts";

/** How many of the pieces are reasoning, from the first on. */
function count(pieces: readonly string[], promptEnd = "assistant\n"): number {
  const tracker = new ReasoningTracker(promptEnd);
  for (const piece of pieces) tracker.push(piece);
  return tracker.count;
}

describe("reasoning at the start of an answer", () => {
  test.each([
    ["marks that are tokens", ["<think>", "\n", "so", "</think>", "\n\n", "42"], 4],
    ["marks that span tokens", ["<", "th", "ink", ">\n", "so", "</", "think", ">", "42"], 8],
    ["a token with the end of a mark and more", ["<think>so", "</think>\n\n4", "2"], 2],
    ["whitespace before the mark", ["\n", " ", "<think>", "so", "</think>", "42"], 5],
    ["a text that is cut inside it", ["<think>", "so", " it", " is"], 4],
    ["a text that is cut inside the closing mark", ["<think>", "so", "</thi"], 3],
    ["marks with nothing between them", ["<think>", "\n\n", "</think>", "\n\n", "42"], 3],
    [
      "a second stretch right after the first",
      ["<think>a</think>", "\n", "<think>b", "</think>", "4"],
      4,
    ],
    ["a mark that others look like", ["<think>", "a </thin", "king> b", "</think>", "4"], 4],
  ])("is counted to its end: %s", (_, pieces, tokens) => {
    expect(count(pieces)).toBe(tokens);
  });

  test.each([
    ["in the middle of an answer", ["Write", " <think>", "so", "</think>", "42"]],
    ["in a block of code", ["```html\n", "<think>", "so", "</think>"]],
    ["that is not whole at the end of the text", ["<", "think"]],
    ["of another kind of text", ["<thing>", "so", "</think>"]],
    ["that only closes", ["so", "</think>", "42"]],
    ["in a list", ["[", "1", "]"]],
    ["without any text", []],
    ["of whitespace alone", ["\n", "\n"]],
  ])("is not counted: a mark %s", (_, pieces) => {
    expect(count(pieces)).toBe(0);
  });

  test("a second one after the answer has begun is part of the answer", () => {
    expect(count(["<think>a</think>", "4", "<think>b</think>", "2"])).toBe(1);
  });
});

describe("reasoning that the prompt has opened", () => {
  test.each([
    "<|im_start|>assistant\n<think>\n",
    "Question: 6 · 7?\n<think>",
    "<｜Assistant｜><think>\n \n",
  ])("starts with the answer: %j", (promptEnd) => {
    expect(count(["so", "</think>", "42"], promptEnd)).toBe(2);
    expect(count(["so", " it", " is"], promptEnd)).toBe(3);
  });

  test.each(["<think>\n\n</think>\n\n", "What does <think> do?", "<think>\nFirst,"])(
    "does not where the prompt ends otherwise: %j",
    (promptEnd) => {
      expect(count(["so", "</think>", "42"], promptEnd)).toBe(0);
    },
  );
});

describe("every kind of marks", () => {
  const pairs = reasoningMarks.flatMap(({ opens, closes }) =>
    opens.flatMap((open) => closes.map((close) => [open, close] as const)),
  );

  test.each(pairs)("%s … %s, token by token and in the prompt", (open, close) => {
    const marked = [...`${open}so${close}`];
    expect(count([...marked, "\n", "42"])).toBe(marked.length);
    expect(count([...`so${close}`, "42"], `prompt${open}\n`)).toBe(2 + close.length);
  });

  test("gpt-oss: reasoning, once more, then the final message with its head", () => {
    const analysis = ["<|channel|>", "analysis", "<|message|>", "so", "<|end|>"];
    const next = ["<|start|>", "assistant"];
    const final = [...next, "<|channel|>", "final", "<|message|>", "42"];
    expect(count([...analysis, ...final])).toBe(5);
    expect(count([...analysis, ...next, ...analysis, ...final])).toBe(12);
    expect(count(final.slice(2))).toBe(0);
  });

  test("no mark that opens is the start of another's", () => {
    const opens = reasoningMarks.flatMap((marks) => marks.opens);
    for (const open of opens) {
      expect(opens.filter((other) => other.startsWith(open))).toEqual([open]);
    }
  });
});
