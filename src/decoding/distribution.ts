import type { Random } from "./random.ts";

/**
 * A probability distribution over part of the vocabulary, held in flat arrays that are reused.
 * Entries `0 … size-1` are valid; the probabilities sum to 1 and tokens that are not listed have 0.
 */
export interface Distribution {
  ids: Int32Array;
  probs: Float64Array;
  size: number;
}

/** An empty distribution with room for `capacity` tokens; it grows when it is filled. */
export function createDistribution(capacity = 64): Distribution {
  return { ids: new Int32Array(capacity), probs: new Float64Array(capacity), size: 0 };
}

/** Makes room for `capacity` entries. Entries that were there are lost. */
export function reserve(distribution: Distribution, capacity: number): void {
  if (distribution.ids.length >= capacity) return;
  distribution.ids = new Int32Array(capacity);
  distribution.probs = new Float64Array(capacity);
}

/** Puts all probability on one token. */
export function pointMass(token: number, out: Distribution): Distribution {
  reserve(out, 1);
  out.ids[0] = token;
  out.probs[0] = 1;
  out.size = 1;
  return out;
}

/** The probability of `token`, 0 where the distribution does not list it. */
export function probabilityOf(distribution: Distribution, token: number): number {
  const { ids, probs, size } = distribution;
  for (let i = 0; i < size; i++) if (ids[i] === token) return probs[i] as number;
  return 0;
}

/**
 * Draws one token by inversion.
 *
 * @throws RangeError on an empty distribution
 */
export function sample(distribution: Distribution, random: Random): number {
  const { ids, probs, size } = distribution;
  if (size === 0) throw new RangeError("cannot sample from an empty distribution");
  let remaining = random();
  for (let i = 0; i < size; i++) {
    remaining -= probs[i] as number;
    if (remaining < 0) return ids[i] as number;
  }
  // Rounding can leave a crumb; it belongs to the last token that has any probability.
  let last = size - 1;
  while (last > 0 && probs[last] === 0) last--;
  return ids[last] as number;
}

/** Divides by the sum, so that the probabilities add up to 1. False when there is nothing left. */
export function normalise(distribution: Distribution): boolean {
  const { probs, size } = distribution;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += probs[i] as number;
  if (!(sum > 0)) return false;
  for (let i = 0; i < size; i++) probs[i] = (probs[i] as number) / sum;
  return true;
}
