import type { BenchReport } from "./report.ts";

/**
 * A report as a baseline to commit: all counts and times, without the texts and the tokens, whose
 * comparison with plain is in the summaries already. It reads as any other report.
 */
export function baselineOf(report: BenchReport): BenchReport {
  return {
    ...report,
    cells: report.cells.map((cell) => ({
      ...cell,
      samples: cell.samples.map((sample) => ({ ...sample, text: "", tokenIds: [] })),
    })),
  };
}
