import { createDistribution, type Distribution } from "./distribution.ts";
import { InvalidLogitsError } from "./invalid-logits.ts";
import { selectTop } from "./select-top.ts";

/** Logits that lie further below the largest are the tail. */
const headDepth = 8;
/** What lies so far below the largest adds nothing that shows: 1e-3 in half a million tokens. */
const lowestExponent = 20;
/** Of a longer tail so many logits are looked at, or up to twice as many. */
const tailSample = 4096;
/** They are looked at so many in a row: a line of the processor's cache. */
const inRow = 16;
/** Logits that are looked at first, for a floor that hardly any of the others reach. */
const firstLook = 2048;

/**
 * The k likeliest tokens, as `selectTop` gives them, and how sure the model is of the likeliest: its
 * softmax probability over the whole vocabulary at temperature 1.
 *
 * It is asked for after every draft step, and a vocabulary may have 151,936 tokens, so each logit is
 * looked at once. In a vocabulary of 8,192 and more the tail is estimated from a part of it: that
 * moves the probability by a hundredth or two of itself where the tail is heavy, and hardly where it is light.
 *
 * @param k 1 … logits.length
 * @param out receives the tokens; the values put into `out.probs` are logits
 * @throws InvalidLogitsError where the largest is no finite number
 */
export function topWithConfidence(logits: Float32Array, k: number, out: Distribution): number {
  collect(logits, firstBounds(logits, k));
  const { ids, values, size } = head;
  // NaN is in no head; where too few numbers are left the slow way says what there is.
  if (size < k) selectTop(logits, k, out);
  else {
    selectTop(values.subarray(0, size), k, out);
    for (let i = 0; i < k; i++) out.ids[i] = ids[out.ids[i] as number] as number;
  }
  const largest = out.probs[0] as number;
  if (!Number.isFinite(largest)) throw new InvalidLogitsError();
  let sum = tailSum(logits, largest);
  const floor = largest - headDepth;
  for (let i = 0; i < size; i++) {
    const logit = values[i] as number;
    if (logit > floor) sum += Math.exp(logit - largest);
  }
  return 1 / sum;
}

/** Tokens that may be among the likeliest, in their order, with their logits. Reused by each call. */
const head = { ids: new Int32Array(0), values: new Float32Array(0), size: 0 };
const look = { values: new Float32Array(2 * firstLook), top: createDistribution() };

/** What is known of the likeliest tokens before all are looked at. */
interface Bounds {
  /** A logit that k tokens reach. */
  readonly kth: number;
  /** A logit that the largest reaches. */
  readonly largest: number;
}

function firstBounds(logits: Float32Array, k: number): Bounds {
  const stride = Math.max(1, Math.floor(logits.length / firstLook));
  const { values, top } = look;
  let size = 0;
  for (let i = 0; i < logits.length; i += stride) values[size++] = logits[i] as number;
  if (size < k) return { kth: Number.NEGATIVE_INFINITY, largest: Number.NEGATIVE_INFINITY };
  selectTop(values.subarray(0, size), k, top);
  return { kth: numberOr(top.probs[k - 1]), largest: numberOr(top.probs[0]) };
}

function numberOr(logit: number | undefined): number {
  return logit === undefined || Number.isNaN(logit) ? Number.NEGATIVE_INFINITY : logit;
}

/** Puts every token that may be among the k likeliest, or near the largest, into the head. */
function collect(logits: Float32Array, { kth, largest: known }: Bounds): void {
  const length = logits.length;
  if (head.ids.length < length) {
    head.ids = new Int32Array(length);
    head.values = new Float32Array(length);
  }
  const { ids, values } = head;
  let size = 0;
  let largest = known;
  let floor = Math.min(kth, largest - headDepth);
  // Eight at a look: hardly any block has one. The last block may be shorter.
  for (let start = 0; start < length; start += 8) {
    if (
      start + 8 > length ||
      (logits[start] as number) >= floor ||
      (logits[start + 1] as number) >= floor ||
      (logits[start + 2] as number) >= floor ||
      (logits[start + 3] as number) >= floor ||
      (logits[start + 4] as number) >= floor ||
      (logits[start + 5] as number) >= floor ||
      (logits[start + 6] as number) >= floor ||
      (logits[start + 7] as number) >= floor
    ) {
      const end = Math.min(start + 8, length);
      for (let i = start; i < end; i++) {
        const logit = logits[i] as number;
        if (!(logit >= floor)) continue;
        ids[size] = i;
        values[size++] = logit;
        if (logit <= largest) continue;
        largest = logit;
        floor = Math.min(kth, largest - headDepth);
      }
    }
  }
  head.size = size;
}

/** The softmax terms below the head, each e^(logit − largest). */
function tailSum(logits: Float32Array, largest: number): number {
  const length = logits.length;
  const stride = inRow * Math.max(1, Math.floor(length / tailSample));
  const top = largest - headDepth;
  const floor = largest - lowestExponent;
  let sum = 0;
  let seen = 0;
  for (let start = 0; start < length; start += stride) {
    const end = Math.min(start + inRow, length);
    seen += end - start;
    for (let i = start; i < end; i++) {
      const logit = logits[i] as number;
      if (logit > floor && logit <= top) sum += decay(largest - logit);
    }
  }
  return (sum * length) / seen;
}

/** Table entries for each unit of the exponent. */
const density = 128;
const decayTable = Float64Array.from({ length: lowestExponent * density + 1 }, (_, i) =>
  Math.exp(-i / density),
);

/** e^-x for 0 … lowestExponent, off by 8e-8 of itself at most: Math.exp takes three times as long. */
function decay(x: number): number {
  const entry = Math.trunc(x * density);
  const rest = x - entry / density;
  return (decayTable[entry] as number) * (1 - rest + (rest * rest) / 2);
}
