import { allShared, type SharedTokens } from "../drafters/shared-tokens.ts";
import { checkHeadsFit } from "./heads/heads-fit.ts";
import type { Notice, PairOptions } from "./pair.ts";
import type { Engine, ModelInfo, Vocabulary } from "./port.ts";
import { requireRollBack } from "./roll-back.ts";
import { chooseStandIn } from "./stand-in.ts";
import {
  compareVocabularies,
  type SpecialDifference,
  type VocabularyComparison,
} from "./vocabulary-check.ts";
import { requireVocabularyFits, vocabularyNotices } from "./vocabulary-fit.ts";

/** What is known of a pair before its weights load. */
export interface PairFit {
  readonly shared: SharedTokens;
  readonly draft?: ModelInfo;
  readonly notices: readonly Notice[];
}

/**
 * Checks that a draft and heads can work for their target: models can take rejected tokens back, a
 * token means the same to all, and heads read the states of this target.
 *
 * @throws UserError where it cannot
 */
export async function checkFit(engine: Engine, options: PairOptions): Promise<PairFit> {
  const target = await engine.inspect(options.target);
  try {
    const heads = await Promise.all((options.heads ?? []).map((path) => engine.inspectHeads(path)));
    const notices = checkHeadsFit(target, heads);
    if (options.draft === undefined) {
      return { shared: allShared(target.vocabulary.size), notices };
    }
    const draft = await engine.inspect(options.draft);
    try {
      requireRollBack(target.info);
      requireRollBack(draft.info);
      const comparison = compareVocabularies(target.vocabulary, draft.vocabulary);
      const { target: targetFile, draft: draftFile, strictVocabulary: strict } = options;
      requireVocabularyFits(comparison, { target: targetFile, draft: draftFile, strict });
      return {
        shared: await sharedTokens(comparison, draft.vocabulary),
        draft: draft.info,
        notices: [
          ...notices,
          ...vocabularyNotices(comparison),
          ...specialNotices(comparison.specials),
        ],
      };
    } finally {
      await draft.close();
    }
  } finally {
    await target.close();
  }
}

async function sharedTokens(
  { sharedSize: size, differingIds }: VocabularyComparison,
  draft: Vocabulary,
): Promise<SharedTokens> {
  const excluded = new Set(differingIds);
  return { size, excluded, standIn: await chooseStandIn(draft, { size, excluded }) };
}

function specialNotices(specials: readonly SpecialDifference[]): Notice[] {
  if (specials.length === 0) return [];
  const differences = specials.map(({ role, target, draft }) => `${role} ${target} and ${draft}`);
  return [
    {
      code: "special-tokens-differ",
      text: `target and draft have different special tokens: ${differences.join(", ")}`,
      hint: "The output is not affected, but fewer drafts may be accepted at the end of a text.",
    },
  ];
}
