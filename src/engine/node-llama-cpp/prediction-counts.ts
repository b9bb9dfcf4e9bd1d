import type { BaselineCounts } from "../baseline.ts";

/** node-llama-cpp's counters of a sequence, as `LlamaContextSequence.tokenPredictions` gives them. */
export interface PredictionCounters {
  /** Tokens that were given out without a batch of their own, from a prediction that held. */
  readonly used: number;
  /** Predictions that held. */
  readonly validated: number;
  /** Predictions that did not, and all that stood behind them in their batch, untested. */
  readonly refuted: number;
}

/** One batch of the target, and what came of it. */
interface Batch {
  /** Tokens that were given out because of it. */
  emitted: number;
  readonly validated: number;
  readonly refuted: number;
}

/**
 * What the batches of a generation were, from counters that were read after every token.
 *
 * At their end the counters tell neither how many batches there were nor how many predictions were
 * really tested, since the untested tail counts as refuted. Read token by token they do
 * (`_speculativeEvaluate` in LlamaContext.js, node-llama-cpp 3.22): a token that does not raise `used`
 * took a batch, and what `validated` and `refuted` rose by with it is that batch's, whose first refuted
 * prediction is the mismatch. Tokens that were verified and lie behind the end of the text count as
 * drafted, and not as accepted.
 *
 * @param readings before the first token, and after each
 */
export function countPredictions(readings: readonly PredictionCounters[]): BaselineCounts {
  const [prefill, ...passes] = batchesOf(readings);
  const accepted = passes.map(acceptedIn);
  const mismatched = passes.map((pass) => pass.refuted > 0 && pass.emitted > pass.validated);
  const drafted = passes.map(({ validated, refuted }) => validated + refuted);
  const tested = accepted.map((count, i) => count + (mismatched[i] ? 1 : 0));
  return {
    prefillTokens: prefill?.emitted ?? 0,
    passes: passes.length,
    drafted: sum(drafted),
    accepted: sum(accepted),
    mismatches: mismatched.filter(Boolean).length,
    draftedAt: atLeast(drafted),
    testedAt: atLeast(tested),
    acceptedAt: atLeast(accepted),
  };
}

function batchesOf(readings: readonly PredictionCounters[]): Batch[] {
  const batches: Batch[] = [];
  for (let i = 1; i < readings.length; i++) {
    const [before, after] = [readings[i - 1], readings[i]] as [
      PredictionCounters,
      PredictionCounters,
    ];
    const batch = batches.at(-1);
    if (batch !== undefined && after.used > before.used) {
      batch.emitted++;
      continue;
    }
    batches.push({
      emitted: 1,
      validated: after.validated - before.validated,
      refuted: after.refuted - before.refuted,
    });
  }
  return batches;
}

/** Behind the predictions that held comes a token of the target's own. */
function acceptedIn({ emitted, validated }: Batch): number {
  return Math.min(emitted, validated);
}

/** Entry i: how many of the values are at least i + 1. */
function atLeast(values: readonly number[]): number[] {
  const most = Math.max(0, ...values);
  return Array.from({ length: most }, (_, i) => values.filter((value) => value > i).length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
