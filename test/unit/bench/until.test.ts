import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import { relativeHalfWidth } from "../../../src/bench/precision.ts";
import type { BenchProgress } from "../../../src/bench/progress.ts";
import type { BenchReport, BenchSettings } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { type NoiseOptions, noisyPair } from "./support/noisy-pair.ts";
import { benchSettings, created, environment } from "./support/settings.ts";

async function bench(changes: Partial<BenchSettings>, noise: Partial<NoiseOptions> = {}) {
  const pair = await noisyPair({ seed: 1, run: 0, pass: 0, ...noise });
  const reports: BenchReport[] = [];
  const seen: BenchProgress[] = [];
  const report = await runBench(pair, planBench(benchSettings(changes)), {
    ...{ environment, created, clock: pair.clock },
    onReport: (each) => void reports.push(each),
    onProgress: (each) => seen.push(each),
  });
  return { report, reports, seen };
}

const drafting = ({ cells }: BenchReport) => cells.find(({ method }) => method !== "plain");
const runsOf = ({ cells }: BenchReport) => cells.map(({ samples }) => samples.length);
const halfWidth = (report: BenchReport) => {
  const speedup = drafting(report)?.summary?.speedup;
  return (speedup && relativeHalfWidth(speedup)) ?? Number.NaN;
};

/** One prompt: repetitions can narrow its interval as far as one likes. */
const one = [{ id: "one", category: "chat", prompt: "hello there" }];

describe("untilCi", () => {
  it("goes on by whole repetitions until every interval is narrow enough", async () => {
    const settings = { prompts: one, repetitions: 2, untilCi: 0.03 };
    const { report, reports, seen } = await bench(settings, { run: 0.05 });
    expect(report).toMatchObject({ finished: true, endedBy: "precision" });
    const { repetitions } = report.plan;
    expect(repetitions).toBeGreaterThan(2);
    expect(runsOf(report)).toEqual([repetitions, repetitions]);
    expect(halfWidth(report)).toBeLessThanOrEqual(0.03);
    expect(report.warnings).toEqual([]);
    const before = reports.at(-2);
    expect(before).toMatchObject({ finished: false });
    expect(before && halfWidth(before)).toBeGreaterThan(0.03);
    expect(seen.at(-1)).toMatchObject({ done: 2 * repetitions, total: 2 * repetitions });
  });

  it("ends at the repetitions asked for where they are enough", async () => {
    const { report } = await bench({ untilCi: 0.03 });
    expect(report.plan.repetitions).toBe(2);
    expect(report).toMatchObject({ finished: true, endedBy: "precision" });
  });

  it("gives up where prompts differ by more than repetitions could narrow", async () => {
    const factor: NoiseOptions["factor"] = ({ prompt, draftLength }) =>
      draftLength > 0 && JSON.stringify(prompt).includes("x = 1") ? 2 : 1;
    const { report } = await bench({ untilCi: 0.03 }, { run: 0.01, factor });
    expect(report).toMatchObject({ finished: true, endedBy: "prompts-differ" });
    expect(report.plan.repetitions).toBe(2);
    expect(report.warnings).toEqual([
      {
        code: "interval-wide",
        text: expect.stringMatching(
          /^intervals wider than the ±3% asked for: draft-n4-k1-t0 \(±\d+\.\d%\)$/,
        ),
        hint: expect.stringContaining("more prompts"),
      },
    ]);
  });

  it("has nothing to wait for where nothing is compared", async () => {
    const { report } = await bench({ untilCi: 0.001, draftLengths: [0] });
    expect(report.endedBy).toBeUndefined();
    expect(report.finished).toBe(true);
  });
});

describe("timeBudgetMs", () => {
  it("begins no run after it, and keeps all that ran", async () => {
    // A prefill of some 20 ms and ten steps of 10 ms; eight runs in all.
    const { report, seen } = await bench({ timeBudgetMs: 400 });
    const runs = runsOf(report).reduce((a, b) => a + b);
    expect(runs).toBeGreaterThan(2);
    expect(runs).toBeLessThan(8);
    expect(report).toMatchObject({ finished: true, endedBy: "time-budget" });
    expect(report.warnings).toMatchObject([{ code: "time-budget" }]);
    for (const { etaMs } of seen) expect(etaMs ?? 0).toBeLessThanOrEqual(400);
  });

  it("lets one round of all cells run, so that there is something to tell", async () => {
    const { report, reports } = await bench({ timeBudgetMs: 1 });
    expect(runsOf(report)).toEqual([1, 1]);
    expect(report).toMatchObject({ finished: true, endedBy: "time-budget" });
    expect(reports.at(-1)).toBe(report);
  });

  it("bounds untilCi, which then is not reached", async () => {
    const settings = { prompts: one, untilCi: 0.001, timeBudgetMs: 3000 };
    const { report } = await bench(settings, { run: 0.2 });
    expect(report.endedBy).toBe("time-budget");
    expect(report.warnings).toMatchObject([
      { code: "interval-wide", hint: "Raise --time-budget." },
    ]);
  });

  it("does not act where there is time enough", async () => {
    const { report } = await bench({ timeBudgetMs: 1e9 });
    expect(report.endedBy).toBeUndefined();
    expect(runsOf(report)).toEqual([4, 4]);
  });
});
