import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchReport, BenchSettings } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import type { GenerateRequest } from "../../../src/engine/pair.ts";
import { type NoiseOptions, noisyPair } from "./support/noisy-pair.ts";
import { benchSettings, created, environment } from "./support/settings.ts";

const prompts = Array.from({ length: 8 }, (_, i) => ({
  id: `p${i}`,
  category: "chat",
  prompt: `text ${i}`,
}));

/** Plain twice, in noise of 4% a run and 20% a pass. */
async function bench(
  noise: Partial<NoiseOptions> & { readonly seed: number },
  changes: Partial<BenchSettings> = {},
): Promise<BenchReport> {
  const pair = await noisyPair({ run: 0.04, pass: 0.2, ...noise });
  const settings = benchSettings({
    ...{ prompts, aa: true, draftLengths: [0], repetitions: 3, maxTokens: 33 },
    seed: noise.seed,
    ...changes,
  });
  return runBench(pair, planBench(settings), { environment, created, clock: pair.clock });
}

const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const again = ({ cells }: BenchReport) => cells.find((cell) => cell.again);

describe("plain against plain", () => {
  it("is undecided in at least 9 of 10 runs, and measures the noise margin", async () => {
    const reports = await Promise.all(seeds.map((seed) => bench({ seed })));
    const verdicts = reports.map((report) => again(report)?.summary?.verdict);
    expect(verdicts.filter((verdict) => verdict === "undecided").length).toBeGreaterThanOrEqual(9);
    for (const report of reports) {
      const off = Math.abs((again(report)?.summary?.speedup?.estimate ?? 0) - 1);
      expect(report.noise).toMatchObject({ measured: true, margin: Math.max(0.01, off) });
      expect(again(report)?.summary?.sameAsPlain).toMatchObject({ equal: 8, compared: 8 });
    }
  });

  it("has the prompts and seeds of plain", async () => {
    const pair = await noisyPair({ seed: 1, run: 0, pass: 0 });
    const settings = benchSettings({ aa: true, draftLengths: [0], temperatures: [0.8] });
    await runBench(pair, planBench(settings), { environment, created });
    const asked = pair.requests.map(({ seed, prompt }) => JSON.stringify([seed, prompt]));
    expect(asked).toHaveLength(8);
    expect(new Set(asked).size).toBe(4);
  });
});

describe("a planted slow-down of 10%", () => {
  const slower = ({ draftLength }: GenerateRequest) => (draftLength === 0 ? 1 : 1.1);
  const drafting = ({ cells }: BenchReport) => cells.find(({ method }) => method !== "plain");
  /** Lookup that never finds anything: plain decoding under another name. */
  const idle: Partial<BenchSettings> = {
    drafters: ["ngram"],
    draftLengths: [1],
    ngram: { min: 16, max: 16 },
  };

  it("is found in at least 9 of 10 runs", async () => {
    const reports = await Promise.all(seeds.map((seed) => bench({ seed, factor: slower }, idle)));
    const found = reports.filter((report) => drafting(report)?.summary?.verdict === "slower");
    expect(found.length).toBeGreaterThanOrEqual(9);
  });

  it("is not found where there is none", async () => {
    const reports = await Promise.all(seeds.map((seed) => bench({ seed }, idle)));
    const found = reports.filter((report) => drafting(report)?.summary?.verdict !== "undecided");
    expect(found.length).toBeLessThanOrEqual(1);
  });
});
