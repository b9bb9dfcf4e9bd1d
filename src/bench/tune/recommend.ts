import { marginOf } from "../noise.ts";
import { isPlausible } from "../plausibility.ts";
import type { BenchReport, CellReport, Speedup } from "../report.ts";
import { verdictOf } from "../verdict.ts";

/** What to use, from a measured run. */
export interface Recommendation {
  /** Undefined for plain decoding. */
  readonly cell: CellReport | undefined;
  /** Whether the whole interval lies on the side of the advice. */
  readonly certain: boolean;
}

/** The fastest of what was measured; plain where nothing was faster. */
export function recommend(report: BenchReport): Recommendation {
  const { cells } = report;
  const measured = cells.filter((cell) => cell.summary?.speedup && isPlausible(cell));
  const best = measured.reduce<CellReport | undefined>(
    (a, b) => (a === undefined || speedupOf(b) > speedupOf(a) ? b : a),
    undefined,
  );
  const speedup = best?.summary?.speedup;
  if (!speedup) return { cell: undefined, certain: false };
  const margin = marginOf(report);
  const verdicts = measured.map(({ summary }) => verdictOf(summary?.speedup as Speedup, margin));
  if (speedup.estimate <= 1) {
    return { cell: undefined, certain: verdicts.every((verdict) => verdict === "slower") };
  }
  return { cell: best, certain: verdictOf(speedup, margin) === "faster" };
}

function speedupOf({ summary }: CellReport): number {
  return summary?.speedup?.estimate ?? 0;
}
