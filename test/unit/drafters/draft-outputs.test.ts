import { expect, test } from "vitest";
import { createDistribution } from "../../../src/decoding/distribution.ts";
import { InvalidLogitsError } from "../../../src/decoding/invalid-logits.ts";
import { type DraftOutputs, likeliestTokens } from "../../../src/drafters/draft-outputs.ts";

function likeliest(logits: readonly number[], outputs: DraftOutputs, k: number) {
  const out = createDistribution(1);
  const q = likeliestTokens(Float32Array.from(logits), outputs, k, out);
  return { q, ids: [...out.ids.subarray(0, out.size)] };
}

/** Outputs 0 and 1 stand for tokens 5 and 9, and the one after them for all others. */
const renamed: DraftOutputs = { size: 2, tokens: Int32Array.of(5, 9) };

test.each([
  ["NaN", [Number.NaN, 1, 2, 3]],
  ["−∞", [Number.NEGATIVE_INFINITY, 1, 2, 3]],
])("a logit that is %s is no candidate, however many are asked for", (_, logits) => {
  expect(likeliest(logits, { size: 4 }, 4).ids).toEqual([3, 2, 1]);
});

test("excluded outputs are no candidates, whatever their logits", () => {
  const excluded = new Set([0, 2]);
  const logits = [Number.NaN, 1, Number.POSITIVE_INFINITY, 3];
  expect(likeliest(logits, { size: 4, excluded }, 4).ids).toEqual([3, 1]);
});

test("the logit of all other tokens takes its part of the probability", () => {
  expect(likeliest([1, 2, Number.NEGATIVE_INFINITY], renamed, 2).q).toBeCloseTo(0.731);
  expect(likeliest([1, 2, 2], renamed, 2)).toEqual({ q: expect.closeTo(0.422), ids: [9, 5] });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "heads that give %s for all other tokens are at fault",
  (others) => {
    expect(() => likeliest([1, 2, others], renamed, 2)).toThrow(new InvalidLogitsError(true));
  },
);
