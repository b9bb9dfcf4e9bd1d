import { describe, expect, it, test } from "vitest";
import { headlineOf } from "../../../src/bench/headline.ts";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchReport, BenchSettings } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { conclude } from "../../../src/reports/conclusion.ts";
import { type NoiseOptions, noisyPair } from "./support/noisy-pair.ts";
import { benchSettings, created, environment } from "./support/settings.ts";

const prompts = Array.from({ length: 8 }, (_, i) => ({
  id: `p${i}`,
  category: "chat",
  prompt: `text ${i}`,
}));

/** Lookup that finds nothing, at many draft lengths: plain decoding under other names. */
const idle: Partial<BenchSettings> = {
  ...{ prompts, drafters: ["ngram"], ngram: { min: 16, max: 16 }, repetitions: 2, maxTokens: 17 },
};

async function sweep(
  noise: Partial<NoiseOptions> & { readonly seed: number },
  changes: Partial<BenchSettings> = {},
): Promise<BenchReport> {
  const pair = await noisyPair({ run: 0.04, pass: 0.1, ...noise });
  const settings = benchSettings({ ...idle, seed: noise.seed, ...changes });
  return runBench(pair, planBench(settings), { environment, created, clock: pair.clock });
}

describe("the confirming round", () => {
  it("measures the best of more than three settings and plain once more, with other seeds", async () => {
    const report = await sweep({ seed: 1 }, { draftLengths: [1, 2, 3, 4], confirm: true });
    const { confirmation } = report;
    expect(confirmation?.own).toHaveLength(16);
    expect(confirmation?.plain).toHaveLength(16);
    expect(confirmation?.own.map(({ repetition }) => repetition)).toEqual([
      ...Array(8).fill(2),
      ...Array(8).fill(3),
    ]);
    const best = report.cells
      .filter(({ method }) => method === "speculative")
      .reduce((a, b) =>
        (b.summary?.speedup?.estimate ?? 0) > (a.summary?.speedup?.estimate ?? 0) ? b : a,
      );
    expect(confirmation?.cell).toBe(best.id);
    for (const { samples } of report.cells) expect(samples).toHaveLength(16);
    expect(conclude(report)).toContain(" of plain when measured again");
  });

  it.each<[string, Partial<BenchSettings>]>([
    ["of three settings", { draftLengths: [1, 2, 3], confirm: true }],
    ["without being asked", { draftLengths: [1, 2, 3, 4] }],
    [
      "after the time is used up",
      { draftLengths: [1, 2, 3, 4], confirm: true, timeBudgetMs: 2000 },
    ],
  ])("is left out %s", async (_, changes) => {
    expect((await sweep({ seed: 1 }, changes)).confirmation).toBeUndefined();
  });

  it("finds what really pays", async () => {
    const changes: Partial<BenchSettings> = {
      ...{ drafters: ["draft"], draftLengths: [1, 2, 3, 4], confirm: true },
    };
    const headline = headlineOf(await sweep({ seed: 1 }, changes));
    expect(headline).toMatchObject({ verdict: "faster", isConfirmed: true, of: 4 });
    expect(headline?.speedup.low).toBeGreaterThan(1.1);
  });
});

test("a sweep whose settings are all as fast as plain does not pay", async () => {
  const draftLengths = Array.from({ length: 8 }, (_, i) => i + 1);
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const report = await sweep({ seed }, { draftLengths, confirm: true });
    expect(headlineOf(report)?.verdict).not.toBe("faster");
  }
});
