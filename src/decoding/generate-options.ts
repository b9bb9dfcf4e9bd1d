import type { AcceptanceRule } from "./acceptance.ts";
import type { DraftController } from "./control/controller.ts";
import type { Drafter } from "./drafter.ts";
import type { Random } from "./random.ts";
import type { SamplerSettings } from "./sampler.ts";
import type { MaybePromise, TokenSequence } from "./sequence.ts";
import type { TokenText } from "./text.ts";
import type { TypicalSettings } from "./typical-acceptance.ts";

/** How a pass drafts and what it accepts. */
export interface PassOptions {
  readonly drafter: Drafter;
  /** Most tokens drafted in a row for one pass; 0 is plain decoding, and leaves the drafter alone. */
  readonly draftLength: number;
  /** Candidate filter of the drafter (`DraftRequest.topK`); 0 keeps all. */
  readonly topK: number;
  /**
   * Most tokens drafted for one pass, in a tree that is `draftLength` deep at most; 0, and left out,
   * for a chain.
   */
  readonly treeSize?: number;
  /** See `DraftRequest.pMin`. */
  readonly pMin?: number;
  /**
   * Chooses before every pass how much is drafted, up to `draftLength` in a chain and `treeSize` in
   * a tree, and how probable it must be. It may serve one generation after another of the same pair.
   */
  readonly controller?: DraftController | undefined;
  /** Typical acceptance with these settings; left out, the exact rule, which is lossless. */
  readonly typical?: TypicalSettings | undefined;
  readonly sampler: SamplerSettings;
}

/** Everything one generation needs. */
export interface GenerateOptions extends PassOptions {
  readonly target: TokenSequence;
  readonly text: TokenText;
  /** 1 … `target.capacity` tokens. */
  readonly prompt: readonly number[];
  /** Tokens to emit at most, 1 or more. */
  readonly maxTokens: number;
  readonly stopTexts: readonly string[];
  readonly random: Random;
  /** Milliseconds from any fixed point. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  /** See `PrefillOptions.wholeChunks`. */
  readonly wholeChunks?: boolean;
  /**
   * Whether rounds report the probabilities of what the exact rule decided (`RoundEvent.tested`).
   * Nothing is reported at temperature 0 or for typical acceptance.
   */
  readonly audit?: boolean;
  /** Makes another rule than the exact one, which typical acceptance still replaces. */
  readonly exactRule?: (sampler: SamplerSettings, vocabularySize: number) => AcceptanceRule;
  /**
   * Asked before every pass: how to go on from it. A drafter that is new to the text is shown the
   * whole of it first. Undefined for no change.
   */
  readonly change?: () => MaybePromise<PassOptions | undefined>;
}

/** @throws RangeError where an option is out of its range */
export function checkOptions(options: GenerateOptions): void {
  const { maxTokens } = options;
  if (!(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw new RangeError(`${maxTokens} tokens at most is not a whole number from 1`);
  }
  checkPass(options);
}

/** @throws RangeError where one of them is out of its range */
export function checkPass({ draftLength, topK, treeSize = 0, pMin = 0 }: PassOptions): void {
  if (!(Number.isInteger(draftLength) && draftLength >= 0)) {
    throw new RangeError(`draft length ${draftLength} is not a whole number from 0`);
  }
  if (!(Number.isInteger(topK) && topK >= 0)) {
    throw new RangeError(`top-k ${topK} is not a whole number from 0`);
  }
  if (!(treeSize === 0 || (Number.isInteger(treeSize) && treeSize >= draftLength))) {
    throw new RangeError(`a tree of ${treeSize} is no whole number from ${draftLength}, nor 0`);
  }
  if (!(pMin >= 0 && pMin <= 1)) throw new RangeError(`p-min ${pMin} is not from 0 to 1`);
}
