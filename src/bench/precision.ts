import { maxRepetitions } from "../limits.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchReport, CellReport, EndedBy, Speedup } from "./report.ts";
import { pairRuns } from "./run-pairs.ts";
import { pairedSpeedup, type RunPair } from "./speedup.ts";

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
 * The relative half-width that endless repetitions would come to, for prompts differ however often
 * they are repeated. With r repetitions of P prompts, b² between them and w² within, resampling
 * prompts alone spreads by (b² + w²/r)/P, and prompts and then repetitions by w²/(rP) more; what is
 * left of the first without the second is b²/P.
 */
function widthInTheEnd(cell: CellReport, cells: readonly CellReport[], seed: number): number {
  const plain = plainOf(cells, cell.temp)?.samples ?? [];
  const groups = [...pairRuns(cell.samples, plain).values()];
  const both = width(pairedSpeedup(groups, { seed }));
  const between = width(pairedSpeedup(groups.map(asOne), { seed }));
  return Math.sqrt(Math.max(0, 2 * between ** 2 - both ** 2));
}

function width(speedup: Speedup | null): number {
  return (speedup && relativeHalfWidth(speedup)) ?? 0;
}

function asOne(pairs: readonly RunPair[]): RunPair[] {
  const total = (value: (pair: RunPair) => number) =>
    pairs.reduce((sum, pair) => sum + value(pair), 0);
  return [
    {
      tokens: total(({ tokens }) => tokens),
      ms: total(({ ms }) => ms),
      plainTokens: total(({ plainTokens }) => plainTokens),
      plainMs: total(({ plainMs }) => plainMs),
    },
  ];
}
