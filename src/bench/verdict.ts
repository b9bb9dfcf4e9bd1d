import type { Speedup } from "./report.ts";

/** What a speedup's interval says against 1. */
export type Verdict = "faster" | "slower" | "undecided";

/** Decided only where the whole interval lies on one side of 1. */
export function verdictOf({ low, high }: Speedup): Verdict {
  if (low !== null && low > 1) return "faster";
  if (high !== null && high < 1) return "slower";
  return "undecided";
}
