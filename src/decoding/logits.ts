import { InvalidLogitsError } from "./invalid-logits.ts";

/**
 * The index of the largest logit, the lowest on exact ties. NaN never wins.
 *
 * @throws InvalidLogitsError where the largest is no finite number
 */
export function argmax(logits: Float32Array): number {
  return topTwo(logits).token;
}

/** The likeliest token and how far its logit lies above the runner-up's. */
export interface TopTwo {
  readonly token: number;
  /** Logit of the likeliest minus logit of the second; 0 on an exact tie. */
  readonly gap: number;
}

/**
 * The greedy choice with its margin, in one scan.
 *
 * @throws InvalidLogitsError where the largest is no finite number
 */
export function topTwo(logits: Float32Array): TopTwo {
  let token = 0;
  let first = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  const length = logits.length;
  // Eight at a look: hardly any block has one. The last block may be shorter.
  for (let start = 0; start < length; start += 8) {
    if (
      start + 8 > length ||
      (logits[start] as number) > second ||
      (logits[start + 1] as number) > second ||
      (logits[start + 2] as number) > second ||
      (logits[start + 3] as number) > second ||
      (logits[start + 4] as number) > second ||
      (logits[start + 5] as number) > second ||
      (logits[start + 6] as number) > second ||
      (logits[start + 7] as number) > second
    ) {
      const end = Math.min(start + 8, length);
      for (let i = start; i < end; i++) {
        const logit = logits[i] as number;
        if (!(logit > second)) continue;
        if (logit > first) {
          second = first;
          first = logit;
          token = i;
        } else {
          second = logit;
        }
      }
    }
  }
  if (!Number.isFinite(first)) throw new InvalidLogitsError();
  return { token, gap: first - second };
}

/** The largest logit. */
export function maximum(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  const length = logits.length;
  for (let i = 0; i < length; i++) {
    const logit = logits[i] as number;
    if (logit > max) max = logit;
  }
  return max;
}
