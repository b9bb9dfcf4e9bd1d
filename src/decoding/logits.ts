/** The index of the largest logit, the lowest on exact ties. NaN never wins. */
export function argmax(logits: Float32Array): number {
  return topTwo(logits).token;
}

/** The likeliest token and how far its logit lies above the runner-up's. */
export interface TopTwo {
  readonly token: number;
  /** Logit of the likeliest minus logit of the second; 0 on an exact tie. */
  readonly gap: number;
}

/** The greedy choice with its margin, in one scan. */
export function topTwo(logits: Float32Array): TopTwo {
  let token = 0;
  let first = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  const length = logits.length;
  for (let i = 0; i < length; i++) {
    const logit = logits[i] as number;
    if (logit > second) {
      if (logit > first) {
        second = first;
        first = logit;
        token = i;
      } else {
        second = logit;
      }
    }
  }
  if (first === Number.NEGATIVE_INFINITY) {
    throw new Error("the model gave logits that are no numbers");
  }
  return { token, gap: first - second };
}

/**
 * The softmax probability of `token` over the whole vocabulary at temperature 1: how sure the
 * model is of it. Terms below e^-20 of its own are left out: an error under 1e-3 even if half a
 * million tokens lie just below that.
 */
export function confidence(logits: Float32Array, token: number): number {
  const own = logits[token] as number;
  const floor = own - 20;
  let sum = 0;
  const length = logits.length;
  for (let i = 0; i < length; i++) {
    const logit = logits[i] as number;
    if (logit > floor) sum += Math.exp(logit - own);
  }
  return 1 / sum;
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
