import type { Ranking } from "../../engine/pair.ts";

/** One plain run at temperature 0, and what drafts would have proposed along it. */
export interface Recording extends Ranking {
  /** Tokens that were emitted, the first one from the prefill. */
  readonly tokens: readonly number[];
  /** Tokens that were asked for; the text may have ended before. */
  readonly maxTokens: number;
  /** Tokens that the target's context holds behind the prompt. */
  readonly room: number;
}

/** A draft as replay needs it: how much of it, and what becomes of that. */
export interface ReplayedDraft {
  /** Drafted tokens. */
  readonly size: number;
  /** Those on the text's own path: what the target accepts. */
  readonly accepted: number;
  /** Of these, those that the draft model has evaluated too. */
  readonly held: number;
  /** Steps of one token behind the first batch. */
  readonly steps: number;
  /** Sizes of the batches that evaluated the levels of a tree. */
  readonly levels: readonly number[];
}

/** How a draft may be made at one place of a text. */
export interface DraftBounds {
  /** Index of the first token to be drafted, from 1. */
  readonly from: number;
  /** Most tokens in a row. */
  readonly maxLength: number;
  readonly pMin: number;
}
