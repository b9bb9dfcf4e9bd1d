import type { TokenSequence } from "./sequence.ts";

/** How draft heads depend on each other. */
export type HeadsKind = "parallel" | "chained";

/**
 * Small models on the target's final hidden state that propose the tokens behind the last emitted
 * one. That one, t(i+1), is the target's own choice from its state h(i); head k (counted from 1)
 * proposes t(i+1+k).
 *
 * - Parallel (Medusa, Cai et al. 2024): every head reads `h(i) + offset(k)` and nothing else, so all
 *   of them are one batch, and what a head proposes does not depend on what the others did.
 * - Chained (Hydra, Ankner et al. 2024; EAGLE, Li et al. 2024): head k reads
 *   `s(k-1) + embedding(t) + offset(k)`, where t is the token before the one it proposes, s(0) is
 *   h(i), and s(k-1) is the hidden state that came out of the head before it. Heads also attend to
 *   what the first one read at earlier places of the text, which the cache of `sequence` holds; a
 *   cache that holds less of them makes worse drafts, never wrong ones.
 */
export interface DraftHeads {
  readonly kind: HeadsKind;
  /** Heads, 1 or more; no draft is longer. `sequence` takes a batch of so many rows. */
  readonly count: number;
  /** Width of the target's hidden state and of the heads' own. */
  readonly width: number;
  /**
   * Evaluates rows: a batch needs `inputs`. Its vocabulary is that of the heads' outputs (see
   * `tokens`), and its evaluations have hidden states where the heads are chained. Rows of parallel
   * heads do not see each other, and nothing of them needs to stay in the cache.
   */
  readonly sequence: TokenSequence;
  /**
   * Output i stands for token `tokens[i]` of the target, ascending; what comes behind them stands
   * for all other tokens and is never proposed. Left out, outputs are token ids.
   */
  readonly tokens?: Int32Array;
  /** What is added to what a head reads, by head from 0; `width` numbers. */
  offset(head: number): Float32Array;
  /**
   * What stands for a token of the target in what a chained head reads; `width` numbers, valid until
   * the next call.
   *
   * @throws Error where heads are parallel
   */
  embedding(token: number): Float32Array;
}
