import { describe, expect, test } from "vitest";
import { breakEvenAcceptance } from "../../../src/models/break-even.ts";

describe("the acceptance from which drafting pays", () => {
  test("of one token is the cost of drafting it", () => {
    expect(breakEvenAcceptance(1, 0.3)).toBeCloseTo(0.3, 9);
  });

  test("of two tokens solves α + α² = 2c", () => {
    // c = 0.375: α = 0.5.
    expect(breakEvenAcceptance(2, 0.375)).toBeCloseTo(0.5, 9);
  });

  test("of four tokens makes a pass as good as its cost", () => {
    const alpha = breakEvenAcceptance(4, 0.2) ?? Number.NaN;
    const emitted = (1 - alpha ** 5) / (1 - alpha);
    expect(emitted).toBeCloseTo(4 * 0.2 + 1, 9);
  });

  test("is none for a free draft, and out of reach for one as dear as the target", () => {
    expect(breakEvenAcceptance(3, 0)).toBeCloseTo(0, 9);
    expect(breakEvenAcceptance(3, 1)).toBeUndefined();
  });
});
