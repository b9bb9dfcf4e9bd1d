import { candidatesFromLogits } from "../decoding/candidate-filter.ts";
import type { Distribution } from "../decoding/distribution.ts";
import { asDrafted, InvalidLogitsError } from "../decoding/invalid-logits.ts";
import type { SamplerSettings } from "../decoding/sampler.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";

/** What the outputs of a model that drafts stand for. */
export interface DraftOutputs {
  /** Outputs that may be drafted, from the first on. */
  readonly size: number;
  /**
   * Output i stands for token `tokens[i]` of the target, ascending, and the one behind them for all
   * other tokens. Left out, outputs are token ids, and none stands for others.
   */
  readonly tokens?: Int32Array;
  /** Outputs below `size` that must never be drafted; left out, none. */
  readonly excluded?: ReadonlySet<number>;
}

/**
 * The k likeliest tokens, and how sure the model is of the likeliest; see `topWithConfidence`. What is
 * not listed counts as it does there.
 *
 * @param k 1 … outputs.size
 * @param out receives the tokens with their logits: fewer than k where the others are excluded or
 *   have a logit that is −∞ or NaN
 * @throws InvalidLogitsError, marked as drafted, where the largest logit is no finite number, or
 *   that of all other tokens is NaN or ∞
 */
export function likeliestTokens(
  logits: Float32Array,
  outputs: DraftOutputs,
  k: number,
  out: Distribution,
): number {
  const { size, tokens } = outputs;
  const among = confidenceAmong(draftable(logits, outputs), k, out);
  keepNumbers(out);
  if (tokens === undefined) return among;
  nameTokens(out, out.size, tokens);
  const others = (logits[size] as number) - (out.probs[0] as number);
  if (!(others < Number.POSITIVE_INFINITY)) throw new InvalidLogitsError(true);
  return 1 / (1 / among + Math.exp(others));
}

/** Takes out what is no candidate: an order of logits has no place for NaN. */
function keepNumbers(out: Distribution): void {
  const { ids, probs, size } = out;
  let kept = 0;
  for (let i = 0; i < size; i++) {
    if (!Number.isFinite(probs[i])) continue;
    ids[kept] = ids[i] as number;
    probs[kept++] = probs[i] as number;
  }
  out.size = kept;
}

function confidenceAmong(logits: Float32Array, k: number, out: Distribution): number {
  try {
    return topWithConfidence(logits, k, out);
  } catch (error) {
    throw asDrafted(error);
  }
}

/** The distribution to draw tokens from; see `candidatesFromLogits`. */
export function drawableTokens(
  logits: Float32Array,
  outputs: DraftOutputs,
  filter: { readonly sampler: SamplerSettings; readonly topK: number },
  out: Distribution,
): Distribution {
  try {
    candidatesFromLogits(draftable(logits, outputs), filter.sampler, filter.topK, out);
  } catch (error) {
    throw asDrafted(error);
  }
  if (outputs.tokens !== undefined) nameTokens(out, out.size, outputs.tokens);
  return out;
}

/**
 * The logits of what may be drafted. Those of excluded outputs are overwritten with −∞: nobody else
 * reads a draft's logits, and every distribution made of them is then one without these outputs.
 */
function draftable(logits: Float32Array, { size, excluded }: DraftOutputs): Float32Array {
  if (excluded !== undefined) for (const i of excluded) logits[i] = Number.NEGATIVE_INFINITY;
  return logits.subarray(0, size);
}

function nameTokens({ ids }: Distribution, count: number, tokens: Int32Array): void {
  for (let i = 0; i < count; i++) ids[i] = tokens[ids[i] as number] as number;
}
