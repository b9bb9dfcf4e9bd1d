import { type Distribution, reserve } from "./distribution.ts";

/**
 * Selects the k largest logits into `out`, sorted by falling logit and by rising id on ties. The
 * values put into `out.probs` are still logits. One scan with a heap of k entries, so that a small
 * k costs hardly more than finding the maximum.
 *
 * @param k 1 … logits.length
 */
export function selectTop(logits: Float32Array, k: number, out: Distribution): void {
  reserve(out, k);
  const { ids, probs } = out;
  for (let i = 0; i < k; i++) {
    ids[i] = i;
    probs[i] = logits[i] as number;
  }
  for (let i = (k >> 1) - 1; i >= 0; i--) siftDown(ids, probs, i, k);
  const length = logits.length;
  let worst = probs[0] as number;
  // Eight at a look: hardly any block has one. The last block may be shorter.
  for (let start = k; start < length; start += 8) {
    if (
      start + 8 > length ||
      (logits[start] as number) > worst ||
      (logits[start + 1] as number) > worst ||
      (logits[start + 2] as number) > worst ||
      (logits[start + 3] as number) > worst ||
      (logits[start + 4] as number) > worst ||
      (logits[start + 5] as number) > worst ||
      (logits[start + 6] as number) > worst ||
      (logits[start + 7] as number) > worst
    ) {
      const end = Math.min(start + 8, length);
      for (let i = start; i < end; i++) {
        const logit = logits[i] as number;
        // A later id loses a tie, so only a strictly larger logit gets in.
        if (!(logit > worst)) continue;
        ids[0] = i;
        probs[0] = logit;
        siftDown(ids, probs, 0, k);
        worst = probs[0] as number;
      }
    }
  }
  for (let end = k - 1; end > 0; end--) {
    swap(ids, probs, 0, end);
    siftDown(ids, probs, 0, end);
  }
  out.size = k;
}

/** Selects every token whose logit is at least `floor`; unsorted, ids rising. */
export function selectAtLeast(logits: Float32Array, floor: number, out: Distribution): void {
  reserve(out, logits.length);
  const { ids, probs } = out;
  let size = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number;
    if (logit >= floor) {
      ids[size] = i;
      probs[size] = logit;
      size++;
    }
  }
  out.size = size;
}

/** Restores a heap whose root is the worst entry: smallest logit, then largest id. */
function siftDown(ids: Int32Array, probs: Float64Array, start: number, size: number): void {
  let parent = start;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= size) return;
    if (child + 1 < size && isWorse(ids, probs, child + 1, child)) child++;
    if (!isWorse(ids, probs, child, parent)) return;
    swap(ids, probs, child, parent);
    parent = child;
  }
}

function isWorse(ids: Int32Array, probs: Float64Array, a: number, b: number): boolean {
  const x = probs[a] as number;
  const y = probs[b] as number;
  return x < y || (x === y && (ids[a] as number) > (ids[b] as number));
}

function swap(ids: Int32Array, probs: Float64Array, a: number, b: number): void {
  const id = ids[a] as number;
  const prob = probs[a] as number;
  ids[a] = ids[b] as number;
  probs[a] = probs[b] as number;
  ids[b] = id;
  probs[b] = prob;
}
