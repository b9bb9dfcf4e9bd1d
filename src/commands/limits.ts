/** Longest draft: with the last token before it, it fills the largest batch that gives outputs. */
export const maxDraftLength = 63;
/** Largest top-k: more than any vocabulary. */
export const maxTopK = 1_000_000;
/** Most tokens a run may be asked for. */
export const maxTokensLimit = 16_777_216;
