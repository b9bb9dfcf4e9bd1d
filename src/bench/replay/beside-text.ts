import type { Recording } from "./recording.ts";

/**
 * Probabilities of candidates, the likeliest first, from many places of texts: what stands for places
 * that no record has, below branches that the text did not take.
 */
export type CandidatePool = readonly (readonly number[])[];

/** The candidates' probabilities at all places of some records. */
export function poolOf(recordings: readonly Recording[]): CandidatePool {
  return recordings.flatMap(({ positions }) => positions.map(({ q }) => q));
}

/**
 * The candidates of one place of the pool. Which one is as good as chance, and the same every time,
 * so that a replay repeats itself and sure and unsure places come as often as they do in the texts.
 *
 * @param path probability of the branch that they stand below
 */
export function drawFrom(pool: CandidatePool, place: number, path: number): readonly number[] {
  return pool[(place * 31 + Math.floor(path * 1e6)) % pool.length] ?? [];
}
