import { expect, test } from "vitest";
import { isShown, provenances, spansOf } from "../../../src/chat/provenance.ts";
import type { EmittedToken, RoundEvent } from "../../../src/decoding/events.ts";

function round(emitted: Partial<EmittedToken>[], changes: Partial<RoundEvent> = {}): RoundEvent {
  return {
    type: "round",
    drafted: [],
    drafter: "draft",
    accepted: 0,
    deviations: 0,
    emitted: emitted.map((token) => ({ token: 1, text: "", origin: "bonus", ...token })),
    draftMs: 1,
    verifyMs: 1,
    overheadMs: 1,
    contextTokens: 1,
    ...changes,
  };
}

test("each piece says where it came from", () => {
  const first = { token: 1, text: "Hi", origin: "bonus" } as const;
  const spans = spansOf([
    { type: "first-token", emitted: [first], ms: 1 },
    round([
      { text: " there", origin: "draft", q: 0.9 },
      { text: ",", origin: "bonus" },
    ]),
    round([{ text: " you", origin: "correction" }], {
      rejected: { token: 2, text: " me\n", q: Number.NaN },
    }),
    { type: "done", reason: "eog", text: "!" },
  ]);
  expect(spans).toEqual([
    { text: "Hi", kind: "target" },
    { text: " there", kind: "draft", q: 0.9, drafter: "draft" },
    { text: ",", kind: "target" },
    { text: " me↵", kind: "rejected", drafter: "draft" },
    { text: " you", kind: "correction" },
    { text: "!", kind: "target" },
  ]);
});

test("text that was held back belongs to the token that began it", () => {
  const spans = spansOf([
    round([{ text: "", origin: "draft", q: 0.3 }]),
    round([
      { text: "é", origin: "bonus" },
      { text: "x", origin: "bonus" },
    ]),
  ]);
  expect(spans).toEqual([
    { text: "é", kind: "draft", q: 0.3, drafter: "draft" },
    { text: "x", kind: "target" },
  ]);
});

test("a token of draft heads says which of them drafted it", () => {
  const byHeads = { drafter: "heads", accepted: 2 };
  const spans = spansOf([
    round(
      [
        { text: " one", origin: "draft", q: 0.9 },
        { text: " two", origin: "draft", q: 0.6 },
        { text: " three", origin: "correction" },
      ],
      { ...byHeads, rejected: { token: 2, text: " tree", q: 0.4 } },
    ),
    // Every round begins with the first head again.
    round([{ text: ".", origin: "draft" }], byHeads),
    round([{ text: "!", origin: "draft" }], { drafter: "ngram" }),
  ]);
  expect(spans).toEqual([
    { text: " one", kind: "draft", q: 0.9, drafter: "heads", head: 1 },
    { text: "₁", kind: "head" },
    { text: " two", kind: "draft", q: 0.6, drafter: "heads", head: 2 },
    { text: "₂", kind: "head" },
    { text: " tree", kind: "rejected", q: 0.4, drafter: "heads", head: 3 },
    { text: "₃", kind: "head" },
    { text: " three", kind: "correction" },
    { text: ".", kind: "draft", drafter: "heads", head: 1 },
    { text: "₁", kind: "head" },
    { text: "!", kind: "draft", drafter: "ngram" },
  ]);
});

test("the number of a head stays on the line of its token", () => {
  const tokens = [";\n  ", "\n", "x"].map((text) => ({ text, origin: "draft" as const }));
  const spans = spansOf([round(tokens, { drafter: "heads", accepted: 3 })]);
  expect(spans.map(({ text }) => text)).toEqual([";", "₁", "\n  ", "₂", "\n", "x", "₃"]);
});

test("text that was held back carries the head of the token that began it", () => {
  const spans = spansOf([
    round(
      [
        { text: "", origin: "draft" },
        { text: "é", origin: "draft" },
      ],
      { drafter: "heads", accepted: 2 },
    ),
  ]);
  expect(spans.map(({ text, head }) => [text, head])).toEqual([
    ["é", 1],
    ["₁", undefined],
  ]);
});

test("numbers of heads are shown in full mode only", () => {
  const span = { text: "₁", kind: "head" } as const;
  expect(provenances.filter((mode) => isShown(span, mode))).toEqual(["full"]);
});

test("an answer cannot steer the terminal, not even token by token", () => {
  const tokens = ["a\u001b[2J", "\u001b", "[31m", "\u001b]0;t\u0007b", "\tc"];
  const spans = spansOf([round(tokens.map((text) => ({ text })))]);
  expect(spans.map(({ text }) => text).join("")).toBe("a[31mb    c");
});
