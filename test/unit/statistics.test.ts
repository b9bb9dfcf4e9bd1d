import { describe, expect, it } from "vitest";
import { median, quantile, studentT975 } from "../../src/statistics.ts";

describe("quantile", () => {
  it("interpolates between order statistics (type 7)", () => {
    // Of 1, 3, 7, 10 the third quartile lies at place 3 · 0.75 = 2.25: a quarter from 7 to 10.
    const values = [10, 1, 7, 3];
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p))).toEqual([1, 2.5, 5, 7.75, 10]);
    expect(values).toEqual([10, 1, 7, 3]);
  });

  it("sorts numbers as numbers", () => {
    expect(median([100, 9, 20])).toBe(20);
    expect(median([5])).toBe(5);
  });

  it("refuses no values", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

/** Ten tokens each; the cell in `ms`, plain in 100 ms. */

describe("studentT975", () => {
  // From a table.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [11, 2.201],
    [30, 2.042],
    [1e6, 1.96],
  ])("of %d degrees is %f", (degrees, t) => {
    expect(Math.abs(studentT975(degrees) / t - 1)).toBeLessThan(0.002);
  });
});
