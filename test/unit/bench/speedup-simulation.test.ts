import { describe, expect, it } from "vitest";
import { type Finding, findings } from "../../../perf/speedup/findings.ts";
import { nullSweeps } from "../../../perf/speedup/null-sweep.ts";
import { speedupOfTotals } from "../../../perf/speedup/of-totals.ts";
import { pairRuns } from "../../../src/bench/run-pairs.ts";
import { pairedSpeedup } from "../../../src/bench/speedup.ts";

/** Enough that chance moves a share by little; benches of few prompts are quickly simulated. */
const benchesOf = (prompts: number): number => (prompts < 6 ? 1000 : 500);

function simulate(changes: { readonly ratio: number; readonly stalls: number }, shape: string) {
  const [prompts = 0, repetitions = 0] = shape.split("x").map(Number);
  return findings(
    { prompts, repetitions, ...changes },
    ({ own, plain }, seed) =>
      pairedSpeedup([...pairRuns(own, plain).values()], { seed, resamples: 400 }),
    benchesOf(prompts),
  );
}

const falseVerdicts = ({ faster, slower }: Finding): number => faster + slower;

describe("the speedup's estimator, in benches whose truth is known", () => {
  it.each(["3x3", "6x2", "12x1", "12x3"])(
    "is rarely wrong where there is no speedup: %s",
    (shape) => {
      for (const stalls of [0, 0.03]) {
        const found = simulate({ ratio: 1, stalls }, shape);
        expect(falseVerdicts(found)).toBeLessThanOrEqual(0.05);
        expect(found.coverage).toBeGreaterThanOrEqual(0.92);
      }
    },
  );

  it("finds ×1.10 with 12 prompts and 3 repetitions as often with stalls as without", () => {
    for (const stalls of [0, 0.01, 0.03]) {
      const found = simulate({ ratio: 1.1, stalls }, "12x3");
      expect(found.faster).toBeGreaterThanOrEqual(0.65);
      expect(found.coverage).toBeGreaterThanOrEqual(0.92);
    }
  });

  it("is spared by stalls in a single repetition too, since stalled passes are removed", () => {
    const quiet = simulate({ ratio: 1.1, stalls: 0 }, "12x1");
    const stalled = simulate({ ratio: 1.1, stalls: 0.03 }, "12x1");
    expect(stalled.faster).toBeGreaterThanOrEqual(quiet.faster - 0.05);
  });

  it("meets stalls that would ruin a ratio of totals", () => {
    const world = { prompts: 12, repetitions: 3, ratio: 1.1, stalls: 0.03 };
    expect(findings(world, speedupOfTotals, 100).faster).toBeLessThan(0.5);
  });
});

describe("the best of fifty settings that are all as fast as plain", () => {
  it.each([
    [3, 3],
    [12, 2],
  ])("is faster in at most one of twenty sweeps: %i prompts × %i", (prompts, repetitions) => {
    const found = nullSweeps({ prompts, repetitions, stalls: 0.03 }, 50, 40);
    expect(found.together).toBeLessThanOrEqual(0.05);
    // By their own intervals some of the fifty are, and their best looks like a gain.
    expect(found.byOwn).toBeGreaterThan(0.3);
    expect(found.best).toBeGreaterThan(1.04);
  });
});
