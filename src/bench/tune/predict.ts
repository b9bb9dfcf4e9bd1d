import type { Costs } from "../cost-model/costs.ts";
import { predictedSpeedup } from "../cost-model/pass-times.ts";
import { poolOf } from "../replay/beside-text.ts";
import type { Recording } from "../replay/recording.ts";
import { addReplays, type ReplayCounts, replay } from "../replay/replay.ts";
import type { Cell } from "../report.ts";

/** What a setting would come to. */
export interface Prediction {
  readonly cell: Cell;
  readonly counts: ReplayCounts;
  /** tokens/s over plain's. */
  readonly speedup: number;
}

/** What predictions are made from. */
export interface PredictionInput {
  /** Settings that draft, of a fixed length, at temperature 0. */
  readonly cells: readonly Cell[];
  readonly recordings: readonly Recording[];
  readonly costs: Costs;
  /** Most branches of one tree of the engine. */
  readonly maxBranches: number;
}

/** The predicted speedup of every setting, in the order of the settings. */
export function predictAll({
  cells,
  recordings,
  costs,
  maxBranches,
}: PredictionInput): Prediction[] {
  const pool = poolOf(recordings);
  return cells.map((cell) => {
    const options = { drafting: cell, pool, maxBranches };
    const counts = addReplays(recordings.map((recording) => replay(recording, options)));
    return { cell, counts, speedup: predictedSpeedup(counts, costs) };
  });
}

/**
 * Of predictions that differ only in tree size and p-min the best one.
 *
 * @returns one for each drafter, draft length and top-k, the fastest first
 */
export function bestOfEach(predictions: readonly Prediction[]): Prediction[] {
  const best = new Map<string, Prediction>();
  for (const prediction of predictions) {
    const { drafter, draftLen, topK } = prediction.cell;
    const key = JSON.stringify([drafter, draftLen, topK]);
    const other = best.get(key);
    if (other === undefined || prediction.speedup > other.speedup) best.set(key, prediction);
  }
  return [...best.values()].sort((a, b) => b.speedup - a.speedup);
}

/**
 * The share of places where the draft's likeliest token is the text's: α, per-token acceptance, if
 * every place were tested.
 *
 * @returns null where nothing was ranked
 */
export function likeliestIsRight(recordings: readonly Recording[]): number | null {
  const places = recordings.flatMap(({ positions, tokens }) =>
    // The first token is never drafted.
    positions.slice(1).map(({ ids }, i) => ids[0] === tokens[i + 1]),
  );
  return places.length === 0 ? null : places.filter(Boolean).length / places.length;
}
