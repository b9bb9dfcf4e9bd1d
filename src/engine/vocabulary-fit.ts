import { environmentError } from "../errors.ts";
import type { Notice } from "./pair.ts";
import type { TokenDifference, VocabularyComparison } from "./vocabulary-check.ts";

/** Share of tokens that differ from which on a refusal needs no further reason. */
const mostUnexplained = 0.1;

/** Code of the notice that some tokens differ. */
export const differenceCode = "vocabulary-differs";

/** Most ordinary tokens that may differ, as a share of the ordinary tokens that both models have. */
const mostOrdinary = 0.01;
/** Most tokens of any kind that may differ, as a share of all that both models have. */
const mostOfAll = 0.5;

/** What to do about a pair that is refused only because it has to match exactly. */
export const looserHint =
  "Without --strict-vocabulary the pair runs, and these tokens are never drafted.";

/** Whose vocabularies are compared, and how strictly. */
export interface FitOptions {
  readonly target: string;
  readonly draft: string;
  /** Refuses any token that differs. */
  readonly strict?: boolean | undefined;
}

/**
 * Refuses a draft model whose tokens mean too much else to the target. Its output would still be
 * right, since the target verifies every token, but hardly anything could be drafted.
 *
 * @throws UserError "vocabulary-mismatch", naming the first differing tokens
 */
export function requireVocabularyFits(
  comparison: VocabularyComparison,
  { target, draft, strict = false }: FitOptions,
): void {
  const { differing, differences } = comparison;
  const fewDiffer = fewTokensDiffer(comparison);
  if (fewDiffer && (differing === 0 || !strict)) return;
  throw environmentError(
    "vocabulary-mismatch",
    `${target} and ${draft} do not share a vocabulary: ${[
      how(comparison),
      ...differences.map(described),
    ].join("; ")}`,
    fewDiffer ? looserHint : "Take a draft model of the target's own family.",
  );
}

/** What to say of a pair that runs although some tokens differ; empty if none does. */
export function vocabularyNotices(comparison: VocabularyComparison): Notice[] {
  const { differing, differences, sharedSize } = comparison;
  if (differing === 0) return [];
  const more = differing - differences.length;
  const examples = [...differences.map(described), ...(more > 0 ? [`and ${more} more`] : [])];
  const verb = differing === 1 ? "differs" : "differ";
  return [
    {
      code: differenceCode,
      text: `${differing} of ${sharedSize} tokens ${verb} between target and draft and will never be drafted: ${examples.join("; ")}`,
      hint: "The output is not affected, but fewer drafts are accepted around these tokens. --strict-vocabulary refuses such a pair.",
    },
  ];
}

/** Whether the pair can run, without drafting the tokens that differ if there are any. */
export function fewTokensDiffer(comparison: VocabularyComparison): boolean {
  const { types, differing, ordinary, sharedSize } = comparison;
  if (types !== undefined || differing > mostOfAll * sharedSize) return false;
  return ordinary === undefined || ordinary.differing <= mostOrdinary * ordinary.shared;
}

function how({ types, differing, ordinary, sharedSize }: VocabularyComparison): string {
  const count = `${differing} of ${sharedSize} tokens differ`;
  if (types !== undefined) {
    return `their tokenizers are ${types.target} and ${types.draft}, and ${count}`;
  }
  // Where so few differ, the count alone does not say what is wrong with them.
  const explains = ordinary !== undefined && differing < mostUnexplained * sharedSize;
  if (!explains || ordinary.differing <= mostOrdinary * ordinary.shared) return count;
  return `${count}, among them ${ordinary.differing} of ${ordinary.shared} ordinary ones (at most ${mostOrdinary * 100}% may)`;
}

function described({ token, target, draft }: TokenDifference): string {
  return `token ${token} is ${JSON.stringify(target)} and ${JSON.stringify(draft)}`;
}
