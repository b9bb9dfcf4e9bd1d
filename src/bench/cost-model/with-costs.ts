import type { RoundTimes } from "../../engine/pair.ts";
import type { BenchReport, CellReport } from "../report.ts";
import { countsOfCell } from "./cell-counts.ts";
import { type Costs, costsOf } from "./costs.ts";
import { plainOverhead } from "./overhead.ts";
import { predictedSpeedup } from "./pass-times.ts";

/**
 * A report with what the parts of a round cost, and with the speedup that follows from them and from
 * what each cell accepted. As it stands while plain decoding has not run yet.
 *
 * @param times measured before the first run
 */
export function withCosts(report: BenchReport, times: RoundTimes): BenchReport {
  const plain = report.cells.filter(({ method }) => method === "plain");
  const overheadMs = plainOverhead(plain.flatMap(({ samples }) => samples));
  if (overheadMs === undefined) return report;
  const costs = costsOf(times, overheadMs);
  return {
    ...report,
    costs,
    cells: report.cells.map((cell) => ({ ...cell, predicted: predictionFor(cell, costs) })),
  };
}

function predictionFor(cell: CellReport, costs: Costs): number | null {
  const counts = countsOfCell(cell, cell.samples);
  if (counts === null) return null;
  const speedup = predictedSpeedup(counts, costs);
  return Number.isFinite(speedup) ? speedup : null;
}
