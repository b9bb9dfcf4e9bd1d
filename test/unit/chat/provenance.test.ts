import { expect, test } from "vitest";
import { spansOf } from "../../../src/chat/provenance.ts";
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

test("an answer cannot steer the terminal, not even token by token", () => {
  const tokens = ["a\u001b[2J", "\u001b", "[31m", "\u001b]0;t\u0007b", "\tc"];
  const spans = spansOf([round(tokens.map((text) => ({ text })))]);
  expect(spans.map(({ text }) => text).join("")).toBe("a[31mb    c");
});
