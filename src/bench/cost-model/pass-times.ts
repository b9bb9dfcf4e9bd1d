import { batchMs } from "../../decoding/control/batch-times.ts";
import { type Costs, plainStepMs } from "./costs.ts";

/** Entry n: how many batches had n tokens; fractions where only means are known. */
export type BatchCounts = readonly number[];

/** What a run consists of, as its time follows from it. */
export interface RunCounts {
  /** Tokens after the first. */
  readonly passTokens: number;
  /** Batches of the target, one a pass. */
  readonly verified: BatchCounts;
  /** First batches of a draft model's rounds: what was emitted since it was asked last. */
  readonly caughtUp: BatchCounts;
  /** Levels of trees. */
  readonly levels: BatchCounts;
  /** Steps of the draft model behind its first batch. */
  readonly steps: number;
  /** Readings of candidates beside the one that every batch has in it; left out, none. */
  readonly reads?: number;
}

/** Where the time of a run goes, in ms. */
export interface RunTimes {
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** What a run takes, part by part. */
export function runTimes(counts: RunCounts, costs: Costs): RunTimes {
  const { target, draft, overheadMs } = costs;
  const { verified, caughtUp, levels, steps, reads = 0 } = counts;
  const passes = verified.reduce((sum, times) => sum + times, 0);
  const draftMs =
    draft === undefined
      ? 0
      : total(caughtUp, (size) => batchMs(draft.batches, size)) +
        total(levels, (size) => batchMs(draft.batches, size) + (size - 1) * draft.readMs) +
        steps * draft.stepMs +
        reads * draft.readMs;
  return {
    draftMs,
    verifyMs: total(verified, (size) => batchMs(target, size)),
    overheadMs: passes * overheadMs,
  };
}

/**
 * The speedup over plain decoding: tokens by what plain decoding takes for each, over the run's own
 * time. For a chain of γ tokens it is E(γ) / (γ·c + v(γ+1) + o) of Leviathan et al. 2023, theorem 3.8,
 * with v as measured where that has 1, and with a first draft step that takes two tokens behind a pass
 * which accepted all.
 */
export function predictedSpeedup(counts: RunCounts, costs: Costs): number {
  const { draftMs, verifyMs, overheadMs } = runTimes(counts, costs);
  return (counts.passTokens * plainStepMs(costs)) / (draftMs + verifyMs + overheadMs);
}

/** Batches whose mean size is known, as batches of the whole sizes around it. */
export function batchesOfMean(times: number, mean: number): BatchCounts {
  if (!(times > 0 && mean >= 0)) return [];
  const below = Math.floor(mean);
  const counts = new Array<number>(below + 2).fill(0);
  counts[below] = times * (below + 1 - mean);
  counts[below + 1] = times * (mean - below);
  return counts;
}

/** Batches of both. */
export function addBatches(a: BatchCounts, b: BatchCounts): BatchCounts {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

function total(batches: BatchCounts, ms: (size: number) => number): number {
  return batches.reduce((sum, times, size) => sum + (times === 0 ? 0 : times * ms(size)), 0);
}
