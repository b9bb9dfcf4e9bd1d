/** Largest draft: with the last token before it, it fills the largest batch that gives outputs. */
export const maxDraftLength = 63;
/** Most tokens that are drafted for one pass where the length is chosen by itself. */
export const maxAdaptiveLength = 16;
/** Most tokens that prompt lookup compares: what it remembers grows with them. */
export const maxNgram = 16;
/** Largest top-k: more than any vocabulary. */
export const maxTopK = 1_000_000;
/** Hottest temperature: beyond it every token is as likely as any other. */
export const maxTemperature = 100;
/** Most tokens a run may be asked for. */
export const maxTokensLimit = 16_777_216;
/** Most repetitions of a prompt in one bench. */
export const maxRepetitions = 1000;
/** Fewest texts that one cell draws for a check of the distribution: fewer could tell nothing. */
export const fewestCheckTexts = 100;
/** Most texts that one cell draws for a check of the distribution. */
export const maxCheckTexts = 1_000_000;
/** Longest context, in tokens. */
export const maxContext = 16_777_216;

/** Levels of lists and objects in the variables of a chat template, at most. */
export const deepestKwargs = 100;
