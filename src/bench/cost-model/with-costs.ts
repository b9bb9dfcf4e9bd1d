import type { RoundTimes } from "../../engine/pair.ts";
import { geometricMean } from "../../statistics.ts";
import { byPrompt } from "../by-prompt.ts";
import type { BenchReport, CellReport } from "../report.ts";
import { countsOfCell } from "./cell-counts.ts";
import { type Costs, costsOf } from "./costs.ts";
import { plainOverhead } from "./overhead.ts";
import { predictedSpeedup } from "./pass-times.ts";
import { costWarnings } from "./steadiness.ts";

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
    warnings: [...report.warnings, ...costWarnings(times)],
    cells: report.cells.map((cell) => ({ ...cell, predicted: predictionFor(cell, costs) })),
  };
}

/** The geometric mean over prompts, as the measured speedup is. */
function predictionFor(cell: CellReport, costs: Costs): number | null {
  const drafting = costsOfDrafter(cell, costs);
  if (drafting === null) return null;
  const speedups = [...byPrompt(cell.samples).values()].map((samples) => {
    const counts = countsOfCell(cell, samples);
    return counts === null ? null : predictedSpeedup(counts, drafting);
  });
  if (speedups.includes(null)) return null;
  const known = speedups.filter((speedup) => speedup !== null && Number.isFinite(speedup));
  return known.length === 0 ? null : geometricMean(known as number[]);
}

/** Costs with those of what drafts in a cell; null where they were not measured. */
export function costsOfDrafter({ heads }: CellReport, { draft, ...costs }: Costs): Costs | null {
  if (heads === undefined) return { ...costs, ...(draft && { draft }) };
  const own = costs.heads?.[heads.index];
  return own === undefined ? null : { ...costs, draft: own };
}
