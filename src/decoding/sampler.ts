import { type Distribution, normalise, pointMass } from "./distribution.ts";
import { InvalidLogitsError } from "./invalid-logits.ts";
import { argmax, maximum } from "./logits.ts";
import { selectAtLeast, selectTop } from "./select-top.ts";

/**
 * How the next token is chosen from the logits: the settings that shape the target's distribution
 * (and the draft's, which follows the same ones so that the two stay close).
 */
export interface SamplerSettings {
  /** 0 is greedy decoding; above it the logits are divided by it. */
  readonly temperature: number;
  /** Keep the k likeliest tokens; 0 keeps all. Not the draft's candidate filter. */
  readonly topK: number;
  /** Keep the smallest set of likeliest tokens whose probability reaches p; 1 keeps all. */
  readonly topP: number;
  /** Keep tokens with at least this share of the likeliest one's probability; 0 keeps all. */
  readonly minP: number;
}

/** llama.cpp's defaults (`common_params_sampling` in common/common.h), but greedy. */
export const defaultSampler: SamplerSettings = {
  temperature: 0,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
};

/** True when the settings leave no choice: the likeliest token is taken. */
export function isGreedy(settings: SamplerSettings): boolean {
  return settings.temperature <= 0;
}

/**
 * The distribution that the next token is drawn from, in llama.cpp's order of filters: top-k,
 * top-p, min-p, then temperature (the default chain in common/common.h; each filter as in
 * src/llama-sampler.cpp). Greedy settings give the point mass on the likeliest token, the lowest id
 * on exact ties.
 *
 * @param logits raw logits, one a token of the vocabulary
 * @param out receives the result, sorted by falling probability unless no filter acts
 * @throws InvalidLogitsError where the logits leave no distribution
 */
export function distributionFromLogits(
  logits: Float32Array,
  settings: SamplerSettings,
  out: Distribution,
): Distribution {
  if (isGreedy(settings)) return pointMass(argmax(logits), out);
  const { topK, topP, minP } = settings;
  if (topK > 0) {
    selectTop(logits, Math.min(topK, logits.length), out);
    nucleus(out, topP, sumOfWeights(out));
  } else if (topP < 1) {
    selectNucleus(logits, settings, out);
  } else {
    selectAtLeast(logits, minP > 0 ? maximum(logits) + Math.log(minP) : -Infinity, out);
  }
  if (minP > 0) cutBelow(out, minP);
  return softmaxInPlace(out, settings.temperature);
}

/**
 * Selects the nucleus of the whole vocabulary: sorts only as far as the running sum needs, twice
 * as far each time.
 */
function selectNucleus(logits: Float32Array, settings: SamplerSettings, out: Distribution): void {
  const max = maximum(logits);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp((logits[i] as number) - max);
  for (let k = Math.min(256, logits.length); ; k = Math.min(k * 2, logits.length)) {
    selectTop(logits, k, out);
    if (nucleus(out, settings.topP, total) || k === logits.length) return;
  }
}

/** The sum of exp(logit - largest) over the selected, sorted entries. */
function sumOfWeights(selected: Distribution): number {
  const { probs, size } = selected;
  const max = probs[0] as number;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.exp((probs[i] as number) - max);
  return sum;
}

/**
 * Cuts sorted logits after the entry at which the running probability reaches `topP`.
 *
 * @param total the sum of weights that the probabilities are relative to
 * @returns false when the entries do not reach `topP`
 */
function nucleus(selected: Distribution, topP: number, total: number): boolean {
  if (topP >= 1) return true;
  const { probs, size } = selected;
  const max = probs[0] as number;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    sum += Math.exp((probs[i] as number) - max) / total;
    if (sum >= topP) {
      selected.size = i + 1;
      return true;
    }
  }
  return false;
}

/** Cuts logits that lie more than ln(minP) below the largest; order stays. */
function cutBelow(selected: Distribution, minP: number): void {
  const { ids, probs, size } = selected;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) max = Math.max(max, probs[i] as number);
  const floor = max + Math.log(minP);
  let kept = 0;
  for (let i = 0; i < size; i++) {
    if ((probs[i] as number) < floor) continue;
    ids[kept] = ids[i] as number;
    probs[kept] = probs[i] as number;
    kept++;
  }
  selected.size = kept;
}

function softmaxInPlace(selected: Distribution, temperature: number): Distribution {
  const { probs, size } = selected;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) max = Math.max(max, probs[i] as number);
  for (let i = 0; i < size; i++) probs[i] = Math.exp(((probs[i] as number) - max) / temperature);
  if (!normalise(selected)) throw new InvalidLogitsError();
  return selected;
}
