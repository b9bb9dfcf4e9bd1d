import { describe, expect, test } from "vitest";
import { type Costs, plainStepMs, relativeCost } from "../../../../src/bench/cost-model/costs.ts";
import { batchesOfMean, predictedSpeedup } from "../../../../src/bench/cost-model/pass-times.ts";
import { breakEven, passAt } from "../../../../src/bench/cost-model/what-if.ts";
import { batchMs } from "../../../../src/decoding/control/batch-times.ts";
import { breakEvenAcceptance } from "../../../../src/models/break-even.ts";

const costs: Costs = {
  target: [
    { tokens: 1, ms: 10 },
    { tokens: 2, ms: 15 },
    { tokens: 4, ms: 25 },
  ],
  draft: {
    batches: [
      { tokens: 1, ms: 2 },
      { tokens: 2, ms: 3 },
    ],
    stepMs: 1,
    readMs: 0,
  },
  overheadMs: 1,
  repetitions: 3,
};

/** Batches as cheap as steps: the world of the textbook formula. */
const flat: Costs = {
  target: [{ tokens: 1, ms: 10 }],
  draft: { batches: [{ tokens: 1, ms: 2 }], stepMs: 2, readMs: 0 },
  overheadMs: 0,
  repetitions: 1,
};

describe("a batch costs", () => {
  test.each([
    [0, 0],
    [1, 10],
    [1.5, 12.5],
    [2, 15],
    [3, 20],
    [4, 25],
    [6, 35],
  ])("%d tokens, %d ms", (tokens, ms) => {
    expect(batchMs(costs.target, tokens)).toBe(ms);
  });

  test("what one step costs where only that was measured", () => {
    expect(batchMs(flat.target, 5)).toBe(10);
  });
});

test("a plain step has its overhead, and v(n) has none", () => {
  expect(plainStepMs(costs)).toBe(11);
  expect(relativeCost(costs, 4)).toBe(2.5);
});

test("a chain costs its first step by what the pass before accepted, its later steps and its batch", () => {
  // Three tokens, all accepted: 3 ms for two new tokens, two steps, a batch of four.
  expect(predictedSpeedup(passAt(3, 1, "model"), costs)).toBeCloseTo(
    (4 * 11) / (3 + 2 + 25 + 1),
    12,
  );
  // Never accepted: one new token each time.
  expect(predictedSpeedup(passAt(3, 0, "model"), costs)).toBeCloseTo(11 / (2 + 2 + 25 + 1), 12);
  // A look-up costs nothing.
  expect(predictedSpeedup(passAt(3, 1, "lookup"), costs)).toBeCloseTo((4 * 11) / (25 + 1), 12);
});

describe("break-even", () => {
  test.each([1, 2, 4, 8])(
    "is the textbook's at draft length %d where batches are flat",
    (length) => {
      const { alpha } = breakEven(length, flat, "model");
      expect(alpha).toBeCloseTo(breakEvenAcceptance(length, 0.2) ?? Number.NaN, 6);
    },
  );

  test("is null where even a draft that is always right is slower", () => {
    const dear = {
      ...costs,
      target: [
        { tokens: 1, ms: 10 },
        { tokens: 2, ms: 20 },
      ],
    };
    expect(breakEven(1, dear, "model")).toEqual({ draftLen: 1, alpha: null });
  });
});

test("a mean size is split between the sizes around it", () => {
  expect(batchesOfMean(4, 2.25)).toEqual([0, 0, 3, 1]);
  expect(batchesOfMean(4, 3)).toEqual([0, 0, 0, 4, 0]);
  expect(batchesOfMean(0, Number.NaN)).toEqual([]);
});
