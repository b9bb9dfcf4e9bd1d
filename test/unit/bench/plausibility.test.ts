import { beforeAll, describe, expect, it } from "vitest";
import { checkAgainst } from "../../../src/bench/gate.ts";
import { isBusy } from "../../../src/bench/noise.ts";
import { isPlausible, withPlausibility } from "../../../src/bench/plausibility.ts";
import { withRegrets } from "../../../src/bench/regret.ts";
import type { BenchReport, CellReport, Speedup } from "../../../src/bench/report.ts";
import { recommend } from "../../../src/bench/tune/recommend.ts";
import { conclude } from "../../../src/reports/conclusion.ts";
import { measuredReport, withCell } from "../reports/support/reports.ts";

const check = { margin: 0.01, trustsCosts: true };
let report: BenchReport;
beforeAll(async () => {
  report = await measuredReport();
});

/** The cell of draft length 1, which emits 1.74 tokens per pass, as if it had been measured so. */
function measured(estimate: number, predicted: number | null = null): CellReport {
  const cell = report.cells.find(({ id }) => id === "draft-n1-k1-t0") as CellReport;
  const speedup: Speedup = { estimate, low: estimate * 0.95, high: estimate * 1.05 };
  return { ...cell, predicted, summary: cell.summary && { ...cell.summary, speedup } };
}

const doubted = (estimate: number) =>
  withCell(report, "draft-n1-k1-t0", () => withPlausibility(measured(estimate), check));

describe("withPlausibility", () => {
  it("marks a speedup above the tokens that a pass emits", () => {
    const cell = withPlausibility(measured(3.73), check);
    expect(cell.summary).toMatchObject({
      implausible: ["above-tokens-per-pass"],
      verdict: "undecided",
    });
    expect(cell.warnings.map(({ code, text }) => `${code}: ${text}`)).toEqual([
      "implausible: ×3.73 is impossible: a pass emits 1.74 tokens and costs at least a plain step",
    ]);
    expect(isPlausible(cell)).toBe(false);
  });

  it("allows a pass that costs as much as a step, within the noise margin", () => {
    expect(isPlausible(withPlausibility(measured(1.75), check))).toBe(true);
    expect(isPlausible(withPlausibility(measured(1.77), check))).toBe(false);
  });

  it.each([
    [1.5, 0.99],
    [0.7, 1.06],
  ])("marks ×%f where ×%f is predicted", (estimate, predicted) => {
    const { summary } = withPlausibility(measured(estimate, predicted), check);
    expect(summary?.implausible).toEqual(["far-from-predicted"]);
  });

  it("ignores a prediction from costs that did not repeat", () => {
    const untrusted = { ...check, trustsCosts: false };
    expect(isPlausible(withPlausibility(measured(1.5, 0.8), untrusted))).toBe(true);
    expect(isPlausible(withPlausibility(measured(3.73, 0.8), untrusted))).toBe(false);
  });

  it("allows predictions that are off by less", () => {
    expect(isPlausible(withPlausibility(measured(1.2, 0.81), check))).toBe(true);
    expect(isPlausible(withPlausibility(measured(0.81, 1.2), check))).toBe(true);
  });
});

describe("a speedup that cannot be right", () => {
  it("is not the conclusion's", () => {
    expect(conclude(doubted(3.73))).toMatch(/^Speculative decoding pays here: draft length 4,? /);
    const all = withCell(doubted(3.73), "draft-n4-k1-t0", () =>
      withPlausibility(measured(3.73), check),
    );
    expect(conclude(all)).toMatch(/^Inconclusive: no measured speedup is plausible/);
  });

  it("is not what tune advises, and no regret is held against it", () => {
    expect(recommend(doubted(3.73)).cell?.id).toBe("draft-n4-k1-t0");
    const auto: CellReport = {
      ...measured(1.2),
      ...{ id: "auto", adaptive: true },
      summary: { ...(measured(1.2).summary as NonNullable<CellReport["summary"]>) },
    };
    const adaptive = { plannedSizes: [], probeShare: 0, regret: null };
    const cells = withRegrets(
      [...doubted(3.73).cells, { ...auto, summary: auto.summary && { ...auto.summary, adaptive } }],
      1,
    );
    expect(cells.at(-1)?.summary?.adaptive?.regret).toMatchObject({ against: "draft-n4-k1-t0" });
  });
});

describe("a machine that other programs keep busy", () => {
  const busy = (of: BenchReport, others: number): BenchReport => ({
    ...of,
    noise: of.noise && { ...of.noise, load: { others, cores: 2, threads: 2 } },
  });

  it("gives no verdict", () => {
    expect(isBusy(busy(report, 0.4))).toBe(false);
    expect(conclude(busy(report, 0.4))).toMatch(/^Speculative decoding pays here/);
    expect(isBusy(busy(report, 1))).toBe(true);
    expect(conclude(busy(report, 1))).toMatch(/^Inconclusive: other programs used the cores/);
  });

  it("lets the gate check counts only", () => {
    const slower = withCell(report, "draft-n1-k1-t0", (cell) => ({
      ...cell,
      samples: cell.samples.map((sample) => ({ ...sample, decodeMs: sample.decodeMs * 2 })),
    }));
    expect(checkAgainst(report, slower, 0.05).findings).toHaveLength(1);
    const { findings, warnings } = checkAgainst(report, busy(slower, 1), 0.05);
    expect(findings).toEqual([]);
    expect(warnings.map(({ code }) => code)).toContain("gate-busy");
  });
});
