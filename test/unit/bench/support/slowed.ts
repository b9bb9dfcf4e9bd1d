import type { BenchReport, CellReport, Sample } from "../../../../src/bench/report.ts";

/** The report with the time of each run multiplied; summaries stay as they are. */
export function slowed(
  report: BenchReport,
  factor: (cell: CellReport, sample: Sample) => number,
): BenchReport {
  const cells = report.cells.map((cell) => ({
    ...cell,
    samples: cell.samples.map((sample) => ({
      ...sample,
      decodeMs: sample.decodeMs * factor(cell, sample),
    })),
  }));
  return { ...report, cells };
}
