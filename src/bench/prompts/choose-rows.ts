import { type Random, seededRandom, shuffled } from "../../decoding/random.ts";

/** Which of many rows run. */
export interface RowChoice {
  /** The first so many. */
  readonly limit?: number | undefined;
  /** So many at random, by category in proportion. */
  readonly sample?: number | undefined;
  /** Of the sample. */
  readonly seed: number;
}

/** The rows that run, in the order that they came in. */
export function chooseRows<T extends { readonly category: string }>(
  rows: readonly T[],
  { limit, sample, seed }: RowChoice,
): readonly T[] {
  if (limit !== undefined) return rows.slice(0, limit);
  return sample === undefined ? rows : sampleRows(rows, sample, seededRandom(seed));
}

/**
 * Draws rows by category in proportion, by largest remainders; each category has at least one where
 * there are no more categories than rows to draw.
 *
 * @param size whole, 1 or more
 */
export function sampleRows<T extends { readonly category: string }>(
  rows: readonly T[],
  size: number,
  random: Random,
): readonly T[] {
  if (size >= rows.length) return rows;
  const places = new Map<string, number[]>();
  for (const [i, { category }] of rows.entries()) {
    const known = places.get(category);
    if (known === undefined) places.set(category, [i]);
    else known.push(i);
  }
  const all = [...places.values()];
  const quotas = quotasOf(
    all.map(({ length }) => length),
    size,
    random,
  );
  const drawn = all.flatMap((each, i) => shuffled(each, random).slice(0, quotas[i]));
  return drawn.sort((a, b) => a - b).map((i) => rows[i] as T);
}

/** How many of each category; their sum is `size`, and none is more than its count. */
function quotasOf(counts: readonly number[], size: number, random: Random): number[] {
  const quotas = counts.map(() => 0);
  let open = counts.map((_, i) => i);
  let left = size;
  // Shares below one row become one row; what is left is shared out among the others.
  while (counts.length <= size) {
    const share = left / sum(open.map((i) => counts[i] as number));
    const small = new Set(open.filter((i) => (counts[i] as number) * share < 1));
    if (small.size === 0) break;
    for (const i of small) quotas[i] = 1;
    open = open.filter((i) => !small.has(i));
    left -= small.size;
  }
  const share = left / sum(open.map((i) => counts[i] as number));
  const exact = new Map(open.map((i) => [i, (counts[i] as number) * share]));
  for (const [i, value] of exact) quotas[i] = Math.floor(value);
  const remainder = (i: number): number => (exact.get(i) ?? 0) % 1;
  // Shuffled first, so that chance decides between equal remainders.
  const next = shuffled(open, random).sort((a, b) => remainder(b) - remainder(a));
  for (const i of next.slice(0, size - sum(quotas))) quotas[i] = (quotas[i] as number) + 1;
  return quotas;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
