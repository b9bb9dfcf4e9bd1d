import { environmentError } from "../../errors.ts";
import type { Notice } from "../pair.ts";
import type { HeadsInfo, ModelInfo } from "../port.ts";
import { requireRollBack } from "../roll-back.ts";
import type { ComparedVocabulary } from "../vocabulary-check.ts";
import { vocabularyHash } from "../vocabulary-hash.ts";

/** What of a target tells whether heads are its own. */
export interface HeadsTarget {
  readonly info: ModelInfo;
  readonly vocabulary: Pick<ComparedVocabulary, "size" | "entry">;
}

/**
 * Checks that heads read the states of this target and mean its tokens.
 *
 * @returns what the user should know besides
 * @throws UserError where they are another model's
 */
export function checkHeadsFit(target: HeadsTarget, all: readonly HeadsInfo[]): Notice[] {
  if (all.length === 0) return [];
  const { info, vocabulary } = target;
  requireRollBack(info);
  const sha256 = vocabularyHash(vocabulary);
  return all.flatMap((heads) => {
    const { file, width, target: wanted } = heads;
    const refuse = (theirs: string, ours: string): void => {
      if (theirs === ours) return;
      throw environmentError(
        "heads-of-another-model",
        `${file} has heads for ${wanted.name} with ${theirs}, and ${info.file} has ${ours}`,
        "Name the target that they were trained for, or train heads for this one.",
      );
    };
    refuse(`the architecture ${wanted.architecture}`, `the architecture ${info.architecture}`);
    refuse(
      `a hidden state of ${width} numbers`,
      `a hidden state of ${info.embeddingWidth} numbers`,
    );
    refuse(`${wanted.vocabularySize} tokens`, `${vocabulary.size} tokens`);
    if (wanted.vocabularySha256 !== sha256) {
      refuse("a vocabulary of other tokens", "as many, but others");
    }
    const known = wanted.headerSha256 !== "";
    if (!known || wanted.headerSha256 === info.headerSha256) return [];
    return [
      {
        code: "heads-of-another-file",
        text: `${file} has heads that were trained for another file of this model`,
        hint: "The output is not affected, but fewer of their tokens may be accepted.",
      },
    ];
  });
}
