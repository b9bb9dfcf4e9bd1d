import { describe, expect, it } from "vitest";
import { pairedSpeedup, type RunPair } from "../../../src/bench/speedup.ts";
import { verdictOf } from "../../../src/bench/verdict.ts";
import { seededRandom } from "../../../src/decoding/random.ts";
import { normal975, studentT975 } from "../../../src/statistics.ts";

const pair = (ms: number): RunPair => ({ tokens: 10, ms, plainTokens: 10, plainMs: 100 });

/** A bound that resamples of two draws reach, as far away as Student's t with one degree wants. */
function ofTwo(bound: number, estimate: number): unknown {
  const factor = (Math.tan(0.475 * Math.PI) * Math.SQRT2) / 1.959964;
  return expect.closeTo(estimate * (bound / estimate) ** factor, 9);
}

describe("pairedSpeedup", () => {
  it("is the geometric mean over prompts, whatever their lengths", () => {
    const long = { tokens: 1000, ms: 5000, plainTokens: 1000, plainMs: 10_000 };
    // ×2 on the long one, ×0.5 on the short one.
    expect(pairedSpeedup([[long], [pair(200)]], { seed: 1 })?.estimate).toBeCloseTo(1, 12);
  });

  it("takes a prompt's median on either side, so that one stalled run counts for nothing", () => {
    const stalled = { ...pair(50), plainMs: 5000 };
    const quiet = [pair(50), pair(50)];
    expect(pairedSpeedup([[...quiet, stalled]], { seed: 1 })?.estimate).toBeCloseTo(2, 12);
    expect(pairedSpeedup([[...quiet, pair(5000)]], { seed: 1 })?.estimate).toBeCloseTo(2, 12);
  });

  it("counts the tokens of both sides", () => {
    const pairs = [{ tokens: 30, ms: 100, plainTokens: 10, plainMs: 50 }];
    expect(pairedSpeedup([pairs], { seed: 1 })?.estimate).toBeCloseTo(1.5, 12);
  });

  it("has an interval that reaches what a quarter of the resamples gives", () => {
    // Both draws are the first prompt in 1 of 4 resamples (×2), the second in 1 of 4 (×1).
    expect(pairedSpeedup([[pair(50)], [pair(100)]], { seed: 1 })).toMatchObject({
      low: ofTwo(1, Math.SQRT2),
      high: ofTwo(2, Math.SQRT2),
    });
  });

  it("weighs prompts alike: nine repetitions do not outweigh the one of another prompt", () => {
    const many = Array.from({ length: 9 }, () => pair(100));
    expect(pairedSpeedup([many, [pair(50)]], { seed: 1 })).toMatchObject({
      estimate: expect.closeTo(Math.SQRT2, 12),
      low: ofTwo(1, Math.SQRT2),
      high: ofTwo(2, Math.SQRT2),
    });
  });

  it("draws no repetitions with several prompts: their noise is in the prompts' ratios", () => {
    const noisy = [pair(80), pair(100), pair(120)];
    const alike = [noisy, noisy, noisy];
    expect(pairedSpeedup(alike, { seed: 1 })).toMatchObject({ estimate: 1, low: 1, high: 1 });
  });

  it("draws repetitions with one prompt", () => {
    expect(pairedSpeedup([[pair(50), pair(100)]], { seed: 1 })).toMatchObject({
      estimate: expect.closeTo(100 / 75, 12),
      low: ofTwo(1, 100 / 75),
      high: ofTwo(2, 100 / 75),
    });
  });

  it("finds its 2.5% quantiles where they are", () => {
    // Ratios of nine prompts: a resample's mean log is nearly normal, with a known spread.
    const logs = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((step) => step / 10);
    const groups = logs.map((log) => [pair(100 * Math.exp(-log))]);
    const { low, high } = pairedSpeedup(groups, { seed: 1 }) ?? {};
    const sd = Math.sqrt(logs.reduce((sum, log) => sum + log ** 2, 0)) / 9;
    const factor = (studentT975(8) / normal975) * Math.sqrt(9 / 8);
    expect(Math.log(high ?? 1) / factor / sd).toBeCloseTo(1.96, 1);
    expect(Math.log(low ?? 1) / factor / sd).toBeCloseTo(-1.96, 1);
  });

  it.each([
    [1, 3],
    [3, 1],
    [4, 1],
    [12, 1],
    [12, 3],
  ])("finds a difference in nothing in one of twenty: %i prompts × %i", (prompts, repetitions) => {
    const random = seededRandom(7);
    const noisy = () => 100 * Math.exp(0.1 * (random() + random() + random() - 1.5));
    const run = (): RunPair => ({ tokens: 9, ms: noisy(), plainTokens: 9, plainMs: noisy() });
    let found = 0;
    for (let seed = 0; seed < 300; seed++) {
      const groups = Array.from({ length: prompts }, () =>
        Array.from({ length: repetitions }, run),
      );
      const speedup = pairedSpeedup(groups, { seed, resamples: 500 });
      if (speedup && verdictOf(speedup, 0) !== "undecided") found++;
    }
    expect(found / 300).toBeLessThan(0.09);
  });

  it("is narrow where all runs are alike", () => {
    const alike = Array.from({ length: 4 }, () => [pair(80), pair(80)]);
    const { estimate, low, high } = pairedSpeedup(alike, { seed: 1 }) ?? {};
    for (const value of [estimate, low, high]) expect(value).toBeCloseTo(1.25, 12);
  });

  it("has no interval for one run", () => {
    expect(pairedSpeedup([[pair(50)]], { seed: 1 })).toEqual({
      estimate: expect.closeTo(2, 12),
      low: null,
      high: null,
    });
  });

  it("leaves out runs that decoded nothing", () => {
    const nothing = { tokens: 0, ms: 0, plainTokens: 0, plainMs: 0 };
    expect(pairedSpeedup([[nothing], [pair(50)]], { seed: 1 })?.estimate).toBeCloseTo(2, 12);
    expect(pairedSpeedup([[nothing]], { seed: 1 })).toBeNull();
    expect(pairedSpeedup([], { seed: 1 })).toBeNull();
  });

  it("repeats itself for a seed", () => {
    const groups = [50, 60, 75, 100].map((ms) => [pair(ms), pair(ms + 7)]);
    expect(pairedSpeedup(groups, { seed: 3 })).toEqual(pairedSpeedup(groups, { seed: 3 }));
    const { low, high, estimate } = pairedSpeedup(groups, { seed: 3 }) ?? {};
    expect(low).toBeLessThan(estimate ?? 0);
    expect(high).toBeGreaterThan(estimate ?? 0);
  });
});

describe("verdictOf", () => {
  it.each([
    [1.1, 1.3, "faster"],
    [0.7, 0.9, "slower"],
    [0.9, 1.1, "undecided"],
    [1, 1.2, "undecided"],
    [1.01, 1.2, "undecided"],
    [1.011, 1.2, "faster"],
    [0.8, 0.99, "undecided"],
    [0.8, 0.989, "slower"],
    [null, null, "undecided"],
  ] as const)("reads [%s, %s] as %s, a hundredth being noise", (low, high, verdict) => {
    expect(verdictOf({ estimate: 1, low, high }, 0.01)).toBe(verdict);
  });
});
