import { maxRepetitions } from "../limits.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchReport, CellReport, EndedBy, Speedup } from "./report.ts";
import { ratioOverPrompts, shareWithin } from "./robust-ratio.ts";
import { pairRuns } from "./run-pairs.ts";
import { speedupRatios } from "./speedup.ts";

/** Half the width of an interval as a share of its estimate; null without an interval. */
export function relativeHalfWidth({ estimate, low, high }: Speedup): number | null {
  return low === null || high === null ? null : (high - low) / 2 / estimate;
}

/** Cells whose interval is wider than that, or missing. */
export function impreciseCells(cells: readonly CellReport[], untilCi: number): CellReport[] {
  return cells.filter(({ summary }) => {
    if (!summary?.speedup) return false;
    return (relativeHalfWidth(summary.speedup) ?? Number.POSITIVE_INFINITY) > untilCi;
  });
}

/**
 * What comes after a repetition that could be the last: more of them until every interval is as narrow
 * as `--until-ci` asks, or what is still too wide could not become so.
 *
 * @param done whole repetitions
 */
export function afterRepetitions(
  { plan, cells }: BenchReport,
  done: number,
): "go-on" | "complete" | EndedBy {
  const { untilCi, seed } = plan;
  if (untilCi === undefined || cells.every(({ summary }) => !summary?.speedup)) return "complete";
  const wide = impreciseCells(cells, untilCi);
  if (wide.length === 0) return "precision";
  if (done >= 2 && wide.every((cell) => widthInTheEnd(cell, cells, seed) > untilCi)) {
    return "prompts-differ";
  }
  return done >= maxRepetitions ? "repetitions-limit" : "go-on";
}

/**
 * The relative half-width that endless repetitions would come to: prompts differ however often they
 * are repeated. The interval's width grows with √(b² + w²), b² the variance between prompts and w² the
 * part that repetitions within a prompt add to it.
 */
function widthInTheEnd(cell: CellReport, cells: readonly CellReport[], seed: number): number {
  const plain = plainOf(cells, cell.temp)?.samples ?? [];
  const prompts = speedupRatios([...pairRuns(cell.samples, plain).values()]);
  const speedup = ratioOverPrompts(prompts, { seed });
  const width = (speedup && relativeHalfWidth(speedup)) ?? 0;
  return width * Math.sqrt(1 - shareWithin(prompts, seed));
}
