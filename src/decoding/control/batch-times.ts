/** What a batch of so many tokens takes, in ms. */
export interface BatchTime {
  readonly tokens: number;
  readonly ms: number;
}

/**
 * ms of a batch of n: as measured, straight between measured sizes, and beyond them as steep as at
 * their end. A curve may have steps and may fall, since kernels work on several tokens at once; so
 * sizes that matter are measured and not looked up between others.
 *
 * @param batches rising sizes from 1, one or more
 * @param tokens 0 for none; fractions are means
 */
export function batchMs(batches: readonly BatchTime[], tokens: number): number {
  if (tokens <= 0) return 0;
  const above = batches.findIndex((batch) => batch.tokens >= tokens);
  const at = above < 0 ? batches.length - 1 : above;
  const right = batches[at] as BatchTime;
  const left = batches[at - 1];
  if (right.tokens === tokens || left === undefined) return right.ms;
  const slope = (right.ms - left.ms) / (right.tokens - left.tokens);
  return right.ms + (tokens - right.tokens) * (above < 0 ? Math.max(0, slope) : slope);
}
