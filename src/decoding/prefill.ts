import type { Evaluation, TokenSequence } from "./sequence.ts";

/** Progress of a prefill. */
export interface PrefillStep {
  /** Prompt tokens in the cache by now, reused ones included. */
  readonly done: number;
  readonly total: number;
  /** Tokens that were in the cache already and were not evaluated again. */
  readonly reused: number;
}

/** How a prompt is brought into a cache. */
export interface PrefillOptions {
  /** Whether the outputs of the last token will be read. */
  readonly outputs: "none" | "last";
  readonly need: "logits" | "greedy";
  /**
   * Reuse whole chunks only. A prompt that is run again is then evaluated in the same batches, so
   * that rounding, and with it every near tie, comes out the same with a warm cache as with a cold
   * one. A prompt that goes on from an answer reuses what was decoded token by token, and may not.
   */
  readonly wholeChunks: boolean;
}

/** The end of a prefill. */
export interface PrefillResult {
  /** Outputs of the last batch. */
  readonly evaluation: Evaluation;
  /** Index in that batch of the prompt's last token. */
  readonly lastIndex: number;
}

/**
 * Brings `sequence` to hold exactly `prompt`: keeps the common prefix, cuts the rest, and evaluates
 * what is missing, at least the last token, chunk by chunk, with a step yielded after each so that a caller can show progress
 * or leave.
 *
 * @throws RangeError when the prompt is empty or does not fit
 */
export async function* prefill(
  sequence: TokenSequence,
  prompt: readonly number[],
  options: PrefillOptions,
): AsyncGenerator<PrefillStep, PrefillResult, void> {
  const total = prompt.length;
  if (total === 0) throw new RangeError("the prompt has no tokens");
  if (total > sequence.capacity) {
    throw new RangeError(`the prompt's ${total} tokens do not fit into ${sequence.capacity}`);
  }
  const chunk = Math.min(sequence.prefillChunk, sequence.batchSize);
  const reused = reusable(sequence, prompt, chunk, options);
  await sequence.truncate(reused);
  for (let start = reused; ; ) {
    // Chunks end at multiples of the chunk size, whatever was reused.
    const done = Math.min(total, start - (start % chunk) + chunk);
    const evaluation = await sequence.evaluate({
      tokens: prompt.slice(start, done),
      outputs: done === total ? options.outputs : "none",
      need: options.need,
    });
    yield { done, total, reused };
    if (done === total) return { evaluation, lastIndex: done - start - 1 };
    start = done;
  }
}

function reusable(
  { tokens, settled, canRollBack }: TokenSequence,
  prompt: readonly number[],
  chunk: number,
  options: PrefillOptions,
): number {
  const common = Math.min(commonPrefixLength(tokens, prompt), settled, prompt.length - 1);
  const reused = options.wholeChunks ? common - (common % chunk) : common;
  return canRollBack || reused === tokens.length ? reused : 0;
}

/** How many tokens two texts share from their start. */
export function commonPrefixLength(a: readonly number[], b: readonly number[]): number {
  const limit = Math.min(a.length, b.length);
  let i = 0;
  while (i < limit && a[i] === b[i]) i++;
  return i;
}
