import { compareVocabularies, type VocabularyComparison } from "../engine/vocabulary-check.ts";
import {
  type FitOptions,
  requireVocabularyFits,
  vocabularyNotices,
} from "../engine/vocabulary-fit.ts";
import { UserError } from "../errors.ts";
import { breakEvenAcceptance } from "./break-even.ts";
import type { ModelFacts } from "./model-facts.ts";

/** Something to know of a pair. */
export interface PairRemark {
  /** Stable name, for example "vocabulary-mismatch". */
  readonly code: string;
  readonly text: string;
}

/** What a draft of some length needs. */
export interface BreakEven {
  readonly draftLength: number;
  /** Per-token acceptance; null where none is enough. */
  readonly acceptance: number | null;
}

/** Whether a draft can work for a target, and what speaks for it or against it. */
export interface PairCheck {
  readonly target: ModelFacts;
  readonly draft: ModelFacts;
  readonly compatible: boolean;
  /** Why not; empty where it is compatible. */
  readonly problems: readonly PairRemark[];
  readonly warnings: readonly PairRemark[];
  readonly vocabulary: VocabularyComparison;
  /** Draft parameters / target parameters that a token goes through: a rough c. */
  readonly cost: number;
  readonly breakEven: readonly BreakEven[];
}

const draftLengths = [1, 2, 3, 4];

/**
 * Judges a pair by what its files say. What it is worth on a machine only a bench can tell.
 *
 * @param options `strict` makes a problem of every token that differs
 */
export function checkPair(
  target: ModelFacts,
  draft: ModelFacts,
  { strict }: { readonly strict: boolean },
): PairCheck {
  const vocabulary = compareVocabularies(target.vocabulary, draft.vocabulary);
  const problems = [
    ...vocabularyProblems(vocabulary, {
      target: target.info.file,
      draft: draft.info.file,
      strict,
    }),
    ...[target, draft].flatMap(rollBackProblem),
  ];
  const cost = draft.activeParameters / target.activeParameters;
  return {
    target,
    draft,
    compatible: problems.length === 0,
    problems,
    warnings: [
      ...(problems.length === 0 ? vocabularyWarnings(vocabulary) : []),
      ...specialWarnings(vocabulary),
      ...sizeWarnings(target, draft),
      ...expertWarnings(target),
      ...costWarnings(cost),
      ...contextWarnings(target, draft),
    ],
    vocabulary,
    cost,
    breakEven: draftLengths.map((draftLength) => ({
      draftLength,
      acceptance: breakEvenAcceptance(draftLength, cost) ?? null,
    })),
  };
}

function vocabularyProblems(comparison: VocabularyComparison, options: FitOptions): PairRemark[] {
  try {
    requireVocabularyFits(comparison, options);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ code: error.code, text: error.message }];
  }
}

function vocabularyWarnings(comparison: VocabularyComparison): PairRemark[] {
  return vocabularyNotices(comparison).map(({ code, text }) => ({ code, text }));
}

function rollBackProblem({ info }: ModelFacts): PairRemark[] {
  if (info.canRollBack) return [];
  const text = `${info.file} (${info.architecture}) keeps a recurrent state that cannot be cut back after a rejected draft`;
  return [{ code: "cannot-roll-back", text }];
}

function specialWarnings({ specials }: VocabularyComparison): PairRemark[] {
  if (specials.length === 0) return [];
  const differences = specials.map(({ role, target, draft }) => `${role} ${target} and ${draft}`);
  const text = `special tokens differ (${differences.join(", ")}): fewer drafts may be accepted at the end of a text`;
  return [{ code: "special-tokens-differ", text }];
}

function sizeWarnings(target: ModelFacts, draft: ModelFacts): PairRemark[] {
  const ours = target.vocabulary.size;
  const theirs = draft.vocabulary.size;
  if (ours === theirs) return [];
  const shared = Math.min(ours, theirs);
  const text = `the vocabularies have ${ours} and ${theirs} entries: tokens from ${shared} on are never drafted`;
  return [{ code: "vocabulary-sizes-differ", text }];
}

function expertWarnings({ info, experts }: ModelFacts): PairRemark[] {
  if (experts === undefined) return [];
  const text = `${info.file} is a mixture of ${experts.count} experts, ${experts.used} a token: verifying several tokens wakes more of them, and costs more than one step`;
  return [{ code: "mixture-of-experts", text }];
}

function costWarnings(cost: number): PairRemark[] {
  if (cost < 1) return [];
  const text = "the draft model is as large as the target: drafting cannot pay";
  return [{ code: "draft-too-large", text }];
}

function contextWarnings(target: ModelFacts, draft: ModelFacts): PairRemark[] {
  const ours = target.info.trainedContext;
  const theirs = draft.info.trainedContext;
  if (theirs === 0 || theirs >= ours) return [];
  const text = `the draft model was trained for ${theirs} tokens and the target for ${ours}: behind ${theirs} nothing is drafted`;
  return [{ code: "short-draft-context", text }];
}
