import { describe, expect, test } from "vitest";
import { figuresOf, reasoningPart } from "../../../src/chat/figures.ts";
import { noCounts } from "../../../src/decoding/metrics.ts";

/** 50 tokens in 20 passes; of 60 drafted 30 were accepted and 18 turned down. */
const counts = {
  ...noCounts,
  ...{ tokens: 50, passTokens: 49, passes: 20, drafted: 60, accepted: 30, mismatches: 18 },
  verifyMs: 1000,
};
const reasoning = {
  ...{ tokens: 20, passes: 10, passTokens: 20, drafted: 30 },
  ...{ accepted: 10, mismatches: 10 },
};

describe("reasoning in the line of figures", () => {
  test("is a share, and α in it and after it: 10 of 20 and 20 of 28", () => {
    expect(reasoningPart(counts, reasoning)).toEqual([
      "reasoning 40 % of the tokens, α 50 % in it, 71 % in the answer",
    ]);
    const facts = { reason: "eog", lossy: false, plainRate: undefined } as const;
    expect(figuresOf(counts, { ...facts, reasoning })).toBe(
      "50 tokens; 49.0 tokens/s; acceptance 50 %; α 63 %; τ 2.45; " +
        "reasoning 40 % of the tokens, α 50 % in it, 71 % in the answer",
    );
    expect(figuresOf(counts, { ...facts, reasoning: undefined })).not.toContain("reasoning");
  });

  test("has no α where nothing was drafted, and none of an answer that is not there", () => {
    const none = { drafted: 0, accepted: 0, mismatches: 0 };
    expect(reasoningPart({ ...counts, ...none }, { ...reasoning, ...none })).toEqual([
      "reasoning 40 % of the tokens",
    ]);
    expect(reasoningPart(counts, counts)).toEqual(["reasoning 100 % of the tokens, α 63 % in it"]);
  });
});
