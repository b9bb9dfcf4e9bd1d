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
 * million tokens lie just below that. It is asked for after every draft step, where Math.exp over a
 * vocabulary of 4,096 took a quarter of a tiny model's step, so e^x is read from a table.
 */
export function confidence(logits: Float32Array, token: number): number {
  const own = logits[token] as number;
  const floor = own - lowestExponent;
  let sum = 0;
  const length = logits.length;
  for (let i = 0; i < length; i++) {
    const logit = logits[i] as number;
    if (logit > floor) sum += logit > own ? Math.exp(logit - own) : decay(own - logit);
  }
  return 1 / sum;
}

const lowestExponent = 20;
/** Table entries for each unit of the exponent. */
const density = 128;
const decayTable = Float64Array.from({ length: lowestExponent * density + 1 }, (_, i) =>
  Math.exp(-i / density),
);

/** e^-x for 0 … lowestExponent, off by 8e-8 of itself at most. */
function decay(x: number): number {
  const entry = Math.trunc(x * density);
  const rest = x - entry / density;
  return (decayTable[entry] as number) * (1 - rest + (rest * rest) / 2);
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
