import type { Distribution } from "./distribution.ts";
import type { PrefillStep } from "./prefill.ts";
import type { Random } from "./random.ts";
import type { SamplerSettings } from "./sampler.ts";
import type { MaybePromise } from "./sequence.ts";

/** Proposed tokens as a tree below the last emitted token; a chain is the special case. */
export interface Draft {
  readonly tokens: readonly number[];
  /** For each node the index of its parent, smaller than its own; -1 below the last token. */
  readonly parents: readonly number[];
  /**
   * How sure the drafter is of each token. At temperature 0 the draft's probability of it over the
   * whole vocabulary; above it the filtered, renormalised probability it was drawn with. NaN where
   * the drafter has none.
   */
  readonly q: readonly number[];
  /**
   * Entry `node + 1` is the distribution that the children of `node` were drawn from, without
   * replacement and in the order of their indices; entry 0 belongs to the last emitted token.
   * Undefined where the children were chosen without chance. Valid until the next `propose`.
   */
  readonly distributions: readonly (Distribution | undefined)[];
  /**
   * Sizes of the batches that a model evaluated for it, in order: first one with all that it had not
   * read yet, then steps or levels of a tree. Left out where no model was asked.
   */
  readonly batches?: readonly number[];
  /** Who made it, where a drafter asks others; left out, the drafter that was asked. */
  readonly by?: Drafter;
}

/** A draft with nothing in it: the pass is plain decoding. */
export const emptyDraft: Draft = { tokens: [], parents: [], q: [], distributions: [] };

/** What a drafter is asked for. */
export interface DraftRequest {
  /** Most tokens in a row, 1 or more. */
  readonly maxLength: number;
  /** Most tokens in all, 1 or more; a tree may have more than it is deep. */
  readonly maxSize: number;
  /** Whether branches are wanted; a drafter that knows none proposes a chain anyway. */
  readonly tree: boolean;
  /**
   * Draft probability of a path below which nothing more is drafted on it; 0 for never. What is
   * chosen without chance may be left out too; a token that was drawn has to stay.
   */
  readonly pMin: number;
  /** The same for drafting on below a token that is drafted itself; `pMin` or more. */
  readonly pGrow: number;
  /** The same two for drafters that cost nothing; left out, they are the same. */
  readonly freeFloors?: { readonly pMin: number; readonly pGrow: number };
  /** Most tokens of drafters that cost nothing, 0 to ask none; left out, as of the others. */
  readonly freeSize?: number;
  /** Most tokens of drafters that cost something, 0 to ask none; left out, as of the others. */
  readonly modelSize?: number;
  /** Candidate filter: how many of the likeliest candidates stay at each position; 0 keeps all. */
  readonly topK: number;
  /** The target's sampler; a drafter that samples follows it, so that q stays close to p. */
  readonly sampler: SamplerSettings;
  readonly random: Random;
  /** True for tokens that end the generation: nothing is worth drafting behind one. */
  readonly isEog: (token: number) => boolean;
}

/** What became of a round. */
export interface RoundOutcome {
  /** Tokens that were emitted, in order: kept draft tokens, then at most one of the target's own. */
  readonly emitted: readonly number[];
  /** How many of `emitted` are draft tokens, and which nodes of the draft they were. */
  readonly path: readonly number[];
  /**
   * The target's final hidden state that token i of `emitted` was chosen from; left out where the
   * target gives none, or where it is not known any more. Valid until the drafter has returned.
   */
  readonly states?: (i: number) => Float32Array;
}

/**
 * A cheap guesser of next tokens. It is told everything that is emitted and keeps its own state
 * (a cache, an index) in step. A lossless rule accepts any proposal of any quality, so a drafter
 * can be slow but not wrong, as long as `distributions` is what it really drew from.
 */
export interface Drafter {
  readonly name: string;
  /**
   * True where a proposal costs no time worth counting and what was emitted meanwhile need not be
   * caught up on, as with a look-up.
   */
  readonly free?: boolean;
  /**
   * Tokens that a model would read in the first batch of its next draft, the last emitted one
   * included; left out where nothing has to be caught up on.
   */
  readonly unread?: number;
  /** Prepares for a text that starts with `prompt`; yields as it works, and can be left early. */
  begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void>;
  /** Called with at least one observed token since the last proposal. */
  propose(request: DraftRequest): MaybePromise<Draft>;
  /** Called after the first token (with an empty path) and after every round. */
  observe(outcome: RoundOutcome): MaybePromise<void>;
}
