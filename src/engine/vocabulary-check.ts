import { environmentError } from "../errors.ts";
import type { Vocabulary } from "./port.ts";

/** What of a vocabulary tells whether it fits another. */
export type ComparedVocabulary = Pick<Vocabulary, "size" | "type" | "specials" | "entry">;

/** A token id that means different things to two models. */
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
  /** The first ids of the shared range that differ, and how many do in all. */
  readonly differences: readonly TokenDifference[];
  readonly differing: number;
  /** Special tokens that differ. Drafts stay right, but a draft ends its texts elsewhere. */
  readonly specials: readonly SpecialDifference[];
  /** Ids 0 … sharedSize - 1 exist in both; ids beyond can never be drafted. */
  readonly sharedSize: number;
}

const named = 3;

/**
 * Compares two vocabularies id by id. Sizes may differ: some models pad theirs.
 */
export function compareVocabularies(
  target: ComparedVocabulary,
  draft: ComparedVocabulary,
): VocabularyComparison {
  const sharedSize = Math.min(target.size, draft.size);
  const differences: TokenDifference[] = [];
  let differing = 0;
  for (let token = 0; token < sharedSize; token++) {
    const ours = target.entry(token);
    const theirs = draft.entry(token);
    if (ours === theirs) continue;
    differing++;
    if (differences.length < named) differences.push({ token, target: ours, draft: theirs });
  }
  const types = { target: target.type, draft: draft.type };
  const specials = specialDifferences(target, draft);
  return {
    ...(types.target !== types.draft && { types }),
    differences,
    differing,
    specials,
    sharedSize,
  };
}

function specialDifferences(
  target: ComparedVocabulary,
  draft: ComparedVocabulary,
): SpecialDifference[] {
  const name = (vocabulary: ComparedVocabulary, token: number | undefined): string =>
    token === undefined ? "none" : vocabulary.entry(token);
  return (["bos", "eos", "eot"] as const)
    .map((role) => ({
      role,
      target: name(target, target.specials[role]),
      draft: name(draft, draft.specials[role]),
    }))
    .filter((special) => special.target !== special.draft);
}

/**
 * @throws UserError "vocabulary-mismatch", naming the first differing tokens, where a draft's
 *   tokens would mean something else to the target
 */
export function requireSameVocabulary(
  comparison: VocabularyComparison,
  files: { readonly target: string; readonly draft: string },
): void {
  const { types, differences, differing, sharedSize } = comparison;
  if (types === undefined && differing === 0) return;
  const what =
    types === undefined
      ? `${differing} of ${sharedSize} tokens differ`
      : `their tokenizers are ${types.target} and ${types.draft}, and ${differing} of ${sharedSize} tokens differ`;
  const examples = differences.map(
    ({ token, target, draft }) =>
      `token ${token} is ${JSON.stringify(target)} and ${JSON.stringify(draft)}`,
  );
  throw environmentError(
    "vocabulary-mismatch",
    `${files.target} and ${files.draft} do not share a vocabulary: ${[what, ...examples].join("; ")}`,
    "Take a draft model of the target's own family.",
  );
}
