import { expect, it } from "vitest";
import type { DistributionCheck } from "../../../src/bench/report.ts";
import { distributionLines } from "../../../src/reports/distribution-lines.ts";
import { measuredReport } from "./support/reports.ts";

const secondTokens = { generations: 500, statistic: 12.34, degrees: 9, pValue: 0.1949 };
const positions = {
  places: 2800,
  acceptance: { tested: 2900, accepted: 1234, expected: 1210.26, pValue: 0.4567, detects: 1.053 },
  drafted: { statistic: 4, degrees: 4, pValue: 0.406 },
  chosen: { statistic: 2, degrees: 4, pValue: 0.7358 },
  pValue: 1,
};

async function linesOf(check: Partial<DistributionCheck>) {
  const report = await measuredReport();
  const cell = report.cells[1]?.id ?? "";
  return distributionLines({ ...report, distributions: [{ cell, ...secondTokens, ...check }] });
}

it("says what was tested of a cell's drafts, and how much that finds", async () => {
  expect(await linesOf({ positions })).toMatchInlineSnapshot(`
    [
      "draft length 1: second tokens against plain's in 500 texts each: χ² 12.3 with 9 degrees of freedom, p = 0.195",
      "draft length 1: 2900 drafted tokens tested at 2800 places: accepted 1234, expected 1210.3, p = 0.457; finds a bias of acceptance of ×1.05 in 80% of checks",
      "draft length 1: drafted tokens against the draft's distribution p = 0.406, chosen tokens against the target's p = 0.736, together p = 1.000",
    ]
  `);
});

it("leaves out what was not tested", async () => {
  expect(await linesOf({})).toHaveLength(1);
  const { drafted: _, ...chosenTokens } = positions;
  const { detects: __, ...acceptance } = positions.acceptance;
  expect(await linesOf({ positions: { ...chosenTokens, acceptance } })).toMatchInlineSnapshot(`
    [
      "draft length 1: second tokens against plain's in 500 texts each: χ² 12.3 with 9 degrees of freedom, p = 0.195",
      "draft length 1: 2900 drafted tokens tested at 2800 places: accepted 1234, expected 1210.3, p = 0.457; too few places to find any bias of acceptance",
      "draft length 1: chosen tokens against the target's p = 0.736, together p = 1.000",
    ]
  `);
});
