import { shortened } from "./excerpt.ts";
import type { Vocabulary } from "./port.ts";

/** The part of a vocabulary that decides whether it fits another. */
export type ComparedVocabulary = Pick<
  Vocabulary,
  "size" | "type" | "specials" | "entry" | "isOrdinary"
>;

/** A token id that means different things to two models; its names are cut where they are long. */
export interface TokenDifference {
  readonly token: number;
  readonly target: string;
  readonly draft: string;
}

/** A special token that two models have at different ids, or one of them lacks. */
export interface SpecialDifference {
  readonly role: string;
  readonly target: string;
  readonly draft: string;
}

/** How two vocabularies relate. */
export interface VocabularyComparison {
  /** Tokenizer families, when they differ. */
  readonly types?: { readonly target: string; readonly draft: string };
  /** The first ids of the shared range that differ, how many do in all, and which, rising. */
  readonly differences: readonly TokenDifference[];
  readonly differing: number;
  readonly differingIds: readonly number[];
  /**
   * Ids of the shared range that at least one model uses for ordinary text: neither control nor
   * user-defined tokens, nor padding. Counted only if any ids differ.
   */
  readonly ordinary?: { readonly differing: number; readonly shared: number };
  /** Special tokens at different ids. Drafts stay right, but a draft ends its texts elsewhere. */
  readonly specials: readonly SpecialDifference[];
  /** Ids 0 … sharedSize - 1 exist in both; ids beyond can never be drafted. */
  readonly sharedSize: number;
}

const named = 3;

/** Compares two vocabularies id by id. Sizes may differ: some models pad theirs. */
export function compareVocabularies(
  target: ComparedVocabulary,
  draft: ComparedVocabulary,
): VocabularyComparison {
  const sharedSize = Math.min(target.size, draft.size);
  const differing = differingTokens(target, draft);
  const types = { target: target.type, draft: draft.type };
  return {
    ...(types.target !== types.draft && { types }),
    differences: differing.slice(0, named).map((token) => ({
      token,
      target: shortened(target.entry(token)),
      draft: shortened(draft.entry(token)),
    })),
    differing: differing.length,
    differingIds: differing,
    ...(differing.length > 0 && { ordinary: countOrdinary(target, draft, differing) }),
    specials: specialDifferences(target, draft),
    sharedSize,
  };
}

function differingTokens(target: ComparedVocabulary, draft: ComparedVocabulary): number[] {
  const sharedSize = Math.min(target.size, draft.size);
  const differing: number[] = [];
  for (let token = 0; token < sharedSize; token++) {
    if (target.entry(token) !== draft.entry(token)) differing.push(token);
  }
  return differing;
}

function countOrdinary(
  target: ComparedVocabulary,
  draft: ComparedVocabulary,
  differing: readonly number[],
): { readonly differing: number; readonly shared: number } {
  const either = (token: number): boolean =>
    isOrdinaryText(target, token) || isOrdinaryText(draft, token);
  let shared = 0;
  for (let token = 0; token < Math.min(target.size, draft.size); token++) {
    if (either(token)) shared++;
  }
  return { differing: differing.filter(either).length, shared };
}

/** Names of padding in files that do not mark it: `[PAD12]`, `<unused5>`, `<|extra_0|>`, … */
const paddingName = /^$|^[[<]\|?(pad|empty|unused|reserved|extra|dummy)[a-z_ -]*\d*\|?[\]>]$/i;

function isOrdinaryText(vocabulary: ComparedVocabulary, token: number): boolean {
  return vocabulary.isOrdinary(token) && !paddingName.test(vocabulary.entry(token));
}

function specialDifferences(
  target: ComparedVocabulary,
  draft: ComparedVocabulary,
): SpecialDifference[] {
  const name = (vocabulary: ComparedVocabulary, token: number | undefined): string =>
    token === undefined ? "none" : shortened(vocabulary.entry(token));
  return (["bos", "eos", "eot"] as const)
    .filter((role) => target.specials[role] !== draft.specials[role])
    .map((role) => ({
      role,
      target: name(target, target.specials[role]),
      draft: name(draft, draft.specials[role]),
    }));
}
