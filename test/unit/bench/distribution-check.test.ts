import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchSettings } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { twoSampleTest } from "../../../src/bench/two-sample.ts";
import { chiSquaredUpperTail } from "../../../src/statistics.ts";
import { faultyRule } from "../../support/planted-faults.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { type VirtualPair, virtualPair } from "./support/virtual-pair.ts";

const models = {
  draft: "fake:seed=1,vocab=24,agreement=0.8",
  target: "fake:seed=1,vocab=24,sharpness=1",
};

async function check(changes: Partial<BenchSettings>, given?: VirtualPair) {
  const pair = given ?? (await virtualPair(models));
  const settings = benchSettings({
    ...{ checkDistribution: true, draftLengths: [2], topKs: [3], treeSizes: [4] },
    ...{ temperatures: [1], repetitions: 1, maxTokens: 3 },
    ...changes,
  });
  return runBench(pair, planBench(settings), { environment, created, clock: pair.clock });
}

describe("checkDistribution", () => {
  it("finds the exact rule's tokens distributed as plain's, for chains and trees", async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const { distributions, warnings } = await check({ seed, treeSizes: [0, 4] });
      expect(warnings).toEqual([]);
      expect(distributions?.map(({ cell }) => cell)).toEqual([
        "plain-t1",
        "draft-n2-k3-t1",
        "draft-n2-k3-s4-t1",
      ]);
      expect(distributions?.map(({ positions }) => positions === undefined)).toEqual([
        ...[true, false, false],
      ]);
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
    expect(distributions?.[0]?.pValue).toBeGreaterThan(0.005);
    expect(distributions?.[1]?.pValue).toBeLessThan(0.001);
    expect(distributions?.[1]).not.toHaveProperty("positions");
    expect(warnings.filter(({ code }) => code === "distribution-differs")).toMatchObject([
      { hint: "Typical acceptance is lossy, and this is what that means." },
    ]);
  });

  it("draws as many texts as were asked for, shared out among two prompts", async () => {
    const { distributions } = await check({ checkTexts: 41 });
    expect(distributions?.map(({ generations }) => generations)).toEqual([42, 42]);
  });

  it("draws each text from a seed of its own, which no neighbouring seed gives", async () => {
    const seedsOf = async (seed: number) => {
      const pair = await virtualPair(models);
      await check({ seed, checkTexts: 100 }, pair);
      // Plain, plain again and one cell; the measured runs come before.
      return pair.requests.slice(-3 * 100).map((request) => request.seed);
    };
    const seeds = [...(await seedsOf(1)), ...(await seedsOf(2))];
    expect(new Set(seeds).size).toBe(2 * 3 * 100);
  });

  it("warns in plain words of a rule that accepts too much", async () => {
    const pair = await virtualPair({ ...models, exactRule: faultyRule({ bias: 1.5 }) });
    const { warnings, distributions } = await check({}, pair);
    const { tested, accepted, expected } = distributions?.[1]?.positions?.acceptance ?? {};
    expect(accepted).toBeGreaterThan(expected ?? Number.POSITIVE_INFINITY);
    expect(warnings.find(({ code }) => code === "draft-positions-differ")?.text).toContain(
      `draft-n2-k3-s4-t1: the rule accepted ${accepted} of ${tested} drafted tokens, and the exact rule accepts ${expected?.toFixed(1)} on average, p = `,
    );
  });

  it("audits nothing but these texts, and of plain the second token alone", async () => {
    const pair = await virtualPair(models);
    await check({ checkTexts: 2 }, pair);
    const drawn = pair.requests.slice(-3 * 2);
    expect(drawn.map(({ audit, maxTokens }) => [audit, maxTokens])).toEqual(
      [0, 1].flatMap(() => [
        [false, 2],
        [false, 2],
        [true, 8],
      ]),
    );
    expect(pair.requests.slice(0, -3 * 2).some(({ audit }) => audit)).toBe(false);
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
