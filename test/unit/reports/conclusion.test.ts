import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport, Speedup } from "../../../src/bench/report.ts";
import { conclude } from "../../../src/reports/conclusion.ts";
import { measuredReport, withCell } from "./support/reports.ts";

let report: BenchReport;
beforeAll(async () => {
  report = await measuredReport();
});

/** The report with these speedups of draft lengths 1 and 4. */
function withSpeedups(one: Speedup | null, four: Speedup | null): BenchReport {
  const set = (of: BenchReport, id: string, speedup: Speedup | null) =>
    withCell(of, id, (cell) => ({
      ...cell,
      summary: cell.summary && { ...cell.summary, speedup },
    }));
  return set(set(report, "draft-n1-k1-t0", one), "draft-n4-k1-t0", four);
}

const speedup = (estimate: number, low: number | null, high: number | null) => ({
  estimate,
  low,
  high,
});

describe("conclude", () => {
  it("says what pays and what a pass costs", () => {
    // Draft length 1: 23 passes of 13 ms for 40 tokens against steps of 10 ms.
    expect(conclude(report)).toMatchInlineSnapshot(
      `"Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps, 92% of it verifying, and emits 1.74 tokens."`,
    );
  });

  it("says that nothing pays where every cell is slower", () => {
    expect(conclude(withSpeedups(speedup(0.7, 0.6, 0.8), speedup(0.5, 0.4, 0.6)))).toMatch(
      /^Speculative decoding does not pay here: even the best of 2 settings, draft length 1, runs at ×0\.70 \[0\.60, 0\.80\] of plain; /,
    );
  });

  it("is undecided where one cell might pay and none surely does", () => {
    expect(conclude(withSpeedups(speedup(0.98, 0.9, 1.06), speedup(0.9, 0.5, 1.3)))).toMatch(
      /^Undecided: the best of 2 settings, draft length 1, runs at ×0\.98 \[0\.90, 1\.06\] of plain, and more/,
    );
  });

  it("speaks of a cell that leaves it open, and not of a better one that is surely slower", () => {
    expect(conclude(withSpeedups(speedup(0.95, 0.94, 0.96), speedup(0.93, 0.8, 1.06)))).toMatch(
      /^Undecided: draft length 4 runs at ×0\.93 \[0\.80, 1\.06\] of plain, and more/,
    );
  });

  it("does not decide within the noise margin", () => {
    expect(conclude(withSpeedups(speedup(0.98, 0.97, 0.995), null))).toMatch(
      /^Undecided: draft length 1 runs at ×0\.98 \[0\.97, 0\.99\] of plain, too close to it for the noise margin of 1\.0%; /,
    );
    const noisy = {
      margin: 0.1,
      measured: true,
      outliers: [],
      stallShare: 0,
      drift: null,
      load: null,
    };
    const slower = withSpeedups(speedup(0.92, 0.91, 0.93), null);
    expect(conclude(slower)).toMatch(/ does not pay here: /);
    expect(conclude({ ...slower, noise: noisy })).toMatch(/ the noise margin of 10\.0%; /);
  });

  it("prefers a cell that surely pays to one that may pay more", () => {
    expect(conclude(withSpeedups(speedup(1.1, 1.05, 1.2), speedup(1.5, 0.9, 2)))).toMatch(
      /^Speculative decoding pays here: draft length 1 /,
    );
  });

  it("does not decide from a single run", () => {
    expect(conclude(withSpeedups(speedup(1.5, null, null), null))).toMatch(
      /^Undecided: draft length 1 runs at ×1\.50 of plain, from a single run, which gives no interval; /,
    );
  });

  it("says how fast plain is where nothing else ran", async () => {
    const plain = await measuredReport({ draftLengths: [0] });
    expect(conclude(plain)).toBe("Plain decoding runs at 100.0 tokens/s.");
  });

  it("names what cells differ in", async () => {
    const sampled = await measuredReport({ temperatures: [0.5, 0.8], topKs: [1, 3] });
    expect(conclude(sampled)).toMatch(/draft length \d, top-k \d, temperature 0\.\d/);
  });
});
