import type { Speedup } from "./report.ts";

/** What a speedup's interval says against 1. */
export type Verdict = "faster" | "slower" | "undecided";

/**
 * Decided only where the whole interval lies on one side of 1, and beyond the noise margin.
 *
 * @param margin share of 1 by which equal things seem to differ here (see `noise.ts`)
 */
export function verdictOf({ low, high }: Speedup, margin: number): Verdict {
  if (low !== null && low > 1 + margin) return "faster";
  if (high !== null && high < 1 - margin) return "slower";
  return "undecided";
}
