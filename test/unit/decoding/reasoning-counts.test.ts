import { describe, expect, test } from "vitest";
import type { EmittedToken, GenerateEvent, RoundEvent } from "../../../src/decoding/events.ts";
import { count, noCounts } from "../../../src/decoding/metrics.ts";
import { partBeside, reasoningCounts } from "../../../src/decoding/reasoning-counts.ts";

const token = { token: 5, text: "x" };

/** A pass that drafts `drafted` tokens and emits the accepted ones and one of the target's own. */
function round(drafted: number, accepted: number): RoundEvent {
  const isMismatch = accepted < drafted;
  const own: EmittedToken = { ...token, origin: isMismatch ? "correction" : "bonus" };
  return {
    type: "round",
    drafted: Array.from({ length: drafted }, (_, i) => ({ token: 5, parent: i - 1, q: 0.5 })),
    accepted,
    deviations: 0,
    ...(isMismatch && { rejected: { ...token, q: 0.5 } }),
    emitted: [
      ...Array.from({ length: accepted }, (): EmittedToken => ({ ...token, origin: "draft" })),
      own,
    ],
    ...{ draftMs: 1, verifyMs: 1, overheadMs: 0, contextTokens: 0 },
  };
}

/** 1 + 3 + 5 + 1 + 2 tokens, from 0, 1, 4, 9 and 10 on. */
function events(reasoning?: number): GenerateEvent[] {
  return [
    { type: "prefill", model: "target", done: 7, total: 7, reused: 2, ms: 60 },
    { type: "first-token", emitted: [{ ...token, origin: "bonus" }], ms: 70 },
    round(4, 2),
    round(4, 4),
    round(4, 0),
    round(1, 1),
    { type: "done", reason: "length", text: "", ...(reasoning !== undefined && { reasoning }) },
  ];
}

describe("the part of a generation that is reasoning", () => {
  test("ends between two passes: the first token and passes of 3 and 5", () => {
    expect(reasoningCounts(events(9))).toEqual({
      tokens: 9,
      passes: 2,
      passTokens: 8,
      drafted: 8,
      accepted: 6,
      mismatches: 1,
    });
  });

  test("ends in the second pass, which is its own wholly, but for its tokens", () => {
    expect(reasoningCounts(events(5))).toEqual({
      tokens: 5,
      passes: 2,
      passTokens: 8,
      drafted: 8,
      accepted: 6,
      mismatches: 1,
    });
  });

  test("is the first token alone, of no pass", () => {
    const none = { passes: 0, passTokens: 0, drafted: 0, accepted: 0, mismatches: 0 };
    expect(reasoningCounts(events(1))).toEqual({ tokens: 1, ...none });
  });

  test("is all of a text that was cut inside it", () => {
    const all = events(12).reduce(count, noCounts);
    const { tokens, passes, passTokens, drafted, accepted, mismatches } = all;
    const whole = { tokens, passes, passTokens, drafted, accepted, mismatches };
    expect(reasoningCounts(events(12))).toEqual(whole);
  });

  test("is none where the end names none, or there is no end", () => {
    expect(reasoningCounts(events())).toBeUndefined();
    expect(reasoningCounts(events(5).slice(0, -1))).toBeUndefined();
    expect(reasoningCounts([])).toBeUndefined();
  });

  test("leaves the answer: the last two passes and 12 − 5 tokens", () => {
    const all = events(5).reduce(count, noCounts);
    const reasoning = reasoningCounts(events(5));
    expect(reasoning && partBeside(all, reasoning)).toEqual({
      tokens: 7,
      passes: 2,
      passTokens: 3,
      drafted: 5,
      accepted: 1,
      mismatches: 1,
    });
  });
});
