import { describe, expect, it } from "vitest";
import { withRegrets } from "../../../src/bench/regret.ts";
import type { Cell, CellReport } from "../../../src/bench/report.ts";
import { summarise } from "../../../src/bench/summary.ts";
import { cell, record } from "./support/records.ts";

/** A cell that ran ten tokens in so many ms, where plain takes 100. */
function measured(changes: Partial<Cell>, decodeMs: number): CellReport {
  const settings = cell(changes);
  const runs = [record({ decodeMs })];
  const { summary } = summarise({ cell: settings, runs, plain: [record()], seed: 1 });
  const samples = runs.map(({ sample }) => sample);
  return { ...settings, state: "done", samples, summary, warnings: [] };
}

const plain = (temp = 0) =>
  measured({ id: `plain-t${temp}`, method: "plain", drafter: "none", draftLen: 0, temp }, 100);
const fixed = (draftLen: number, decodeMs: number, temp = 0) =>
  measured({ id: `draft-n${draftLen}-t${temp}`, draftLen, temp }, decodeMs);
const auto = (decodeMs: number, temp = 0) =>
  measured({ id: `draft-auto-t${temp}`, adaptive: true, draftLen: 16, temp }, decodeMs);
const regretOf = (cells: readonly CellReport[]) =>
  withRegrets(cells, 1).find(({ adaptive }) => adaptive)?.summary?.adaptive?.regret;

describe("the regret of an adaptive cell", () => {
  it("is what it loses against the best fixed one", () => {
    const regret = regretOf([plain(), fixed(1, 80), fixed(2, 50), auto(62.5)]);
    // ×1.6 against ×2.
    expect(regret?.value).toBeCloseTo(0.2, 12);
    expect(regret?.against).toBe("draft-n2-t0");
  });

  it("is negative where it is better than any", () => {
    expect(regretOf([plain(), fixed(2, 50), auto(40)])?.value).toBeCloseTo(-0.25, 12);
  });

  it("is against plain where nothing else is faster", () => {
    const regret = regretOf([plain(), fixed(2, 200), auto(125)]);
    expect(regret?.value).toBeCloseTo(0.2, 12);
    expect(regret?.against).toBe("plain-t0");
  });

  it("is against none of node-llama-cpp's own rows", () => {
    const baseline = measured({ id: "nlc-draft-n4-t0", method: "baseline", baseline: "draft" }, 20);
    expect(regretOf([plain(), fixed(2, 50), baseline, auto(50)])).toEqual({
      ...{ value: 0, low: null, high: null, against: "draft-n2-t0" },
    });
  });

  it("is of one temperature", () => {
    const cells = [plain(), fixed(1, 80), auto(80), plain(0.8), fixed(1, 20, 0.8)];
    expect(regretOf(cells)).toMatchObject({ value: 0, against: "draft-n1-t0" });
  });

  it("takes a fixed cell that drafts", () => {
    expect(regretOf([plain(), auto(80)])).toBeNull();
    expect(regretOf([plain(), { ...fixed(1, 50), summary: null }, auto(80)])).toBeNull();
  });
});
