import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchSettings } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { twoSampleTest } from "../../../src/bench/two-sample.ts";
import { chiSquaredUpperTail } from "../../../src/statistics.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { virtualPair } from "./support/virtual-pair.ts";

async function check(changes: Partial<BenchSettings>, draft = "fake:seed=1,agreement=0.8") {
  const pair = await virtualPair({ draft, target: "fake:seed=1,sharpness=1" });
  const settings = benchSettings({
    ...{ checkDistribution: true, draftLengths: [2], topKs: [3], treeSizes: [4] },
    ...{ temperatures: [1], repetitions: 1, maxTokens: 3 },
    ...changes,
  });
  return runBench(pair, planBench(settings), { environment, created, clock: pair.clock });
}

describe("checkDistribution", () => {
  it("finds the exact rule's tokens distributed as plain's, for chains and trees", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { distributions, warnings } = await check({ seed, treeSizes: [0, 4] });
      expect(warnings).toEqual([]);
      expect(distributions).toHaveLength(2);
      for (const { generations, degrees, pValue } of distributions ?? []) {
        expect(generations).toBe(500);
        expect(degrees).toBeGreaterThan(4);
        expect(pValue).toBeGreaterThan(0.005);
      }
    }
  });

  it("finds that a lossy rule's are not", async () => {
    const typical = { epsilon: 0.001, delta: 0.001 };
    const { distributions, warnings } = await check({ accept: "typical", typical });
    expect(distributions?.[0]?.pValue).toBeLessThan(0.001);
    expect(warnings.filter(({ code }) => code === "distribution-differs")).toMatchObject([
      { hint: "Typical acceptance is lossy, and this is what that means." },
    ]);
  });

  it("looks at no cell at temperature 0, and at none unless asked", async () => {
    expect((await check({ temperatures: [0] })).distributions).toEqual([]);
    expect((await check({ checkDistribution: false })).distributions).toBeUndefined();
  });
});

describe("twoSampleTest", () => {
  const counts = (...values: readonly number[]) => new Map(values.map((value, i) => [i, value]));

  it("is Pearson's χ² of the two rows", () => {
    // Expected 25, 25 in each: 4 · 25 / 25.
    const test = twoSampleTest([{ a: counts(30, 20), b: counts(20, 30) }]);
    expect(test).toMatchObject({ statistic: expect.closeTo(4, 12), degrees: 1 });
    expect(test.pValue).toBeCloseTo(0.0455, 4);
  });

  it("adds strata, and pools what is rare", () => {
    const stratum = { a: counts(30, 20, 1, 2), b: counts(20, 30, 2, 1) };
    expect(twoSampleTest([stratum, stratum])).toMatchObject({ degrees: 4 });
  });

  it("finds nothing where all tokens are the same", () => {
    const same = twoSampleTest([{ a: counts(50), b: counts(50) }]);
    expect(same).toEqual({ statistic: 0, degrees: 0, pValue: 1 });
  });
});

describe("chiSquaredUpperTail", () => {
  it.each([
    [3.841458820694124, 1, 0.05],
    [16.918977604620448, 9, 0.05],
    [6.634896601021213, 1, 0.01],
    [124.3421134004004, 100, 0.05],
    [2, 2, Math.exp(-1)],
    [0, 3, 1],
  ])("of %f with %i degrees is %f", (statistic, degrees, p) => {
    expect(chiSquaredUpperTail(statistic, degrees)).toBeCloseTo(p, 9);
  });
});
