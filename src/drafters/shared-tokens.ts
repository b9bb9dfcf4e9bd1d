/** The token ids that mean the same to a target and to its draft model. */
export interface SharedTokens {
  /** Both vocabularies have the ids 0 … size − 1. */
  readonly size: number;
  /** Ids below `size` that mean something else to the draft model; they are never drafted. */
  readonly excluded: ReadonlySet<number>;
  /** A shared id, which the draft model reads in place of every id that it does not share. */
  readonly standIn: number;
}

/** The ids 0 … size − 1, without exception. */
export function allShared(size: number): SharedTokens {
  return { size, excluded: new Set(), standIn: 0 };
}

/**
 * A text of the target as the draft model reads it. Each token that the two do not share is replaced
 * by the stand-in, so every position is the same in both caches. The draft model then guesses from a
 * slightly different text, and the target verifies what it guesses as always.
 */
export function readByDraft(shared: SharedTokens, tokens: readonly number[]): number[] {
  const { size, excluded, standIn } = shared;
  return tokens.map((token) => (token < size && !excluded.has(token) ? token : standIn));
}
