import { compareReports } from "../bench/compare.ts";
import { readReport } from "../bench/read-report.ts";
import { renderComparison } from "../reports/comparison.ts";
import type { CompareFlags } from "./compare.ts";
import { requireText } from "./model-options.ts";
import { printRendered } from "./output.ts";
import { screen } from "./screen.ts";

/** Reads both reports and prints how they compare. */
export async function runCompareCommand(flags: CompareFlags): Promise<void> {
  const before = readReport(requireText("before", flags.before ?? ""));
  const after = readReport(requireText("after", flags.after ?? ""));
  const comparison = compareReports(before, after);
  printRendered(renderComparison(comparison, flags.format ?? "table", screen()));
}
