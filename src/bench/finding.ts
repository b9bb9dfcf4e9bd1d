import type { CellReport } from "./report.ts";

/** A cell that is worse than its baseline. */
export interface Finding {
  readonly code: "not-lossless" | "text-differs" | "counts" | "speed";
  readonly cell: CellReport;
  readonly text: string;
  /** How much worse, as a share of the baseline; for the order only. */
  readonly loss: number;
}
