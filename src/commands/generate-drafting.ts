import { defaultTreeSize, fitsTree, lengthOf } from "../bench/combinations.ts";
import { type Drafting, effectOf } from "../bench/drafting-effect.ts";
import { InertWarnings } from "../bench/inert-warnings.ts";
import { tooLongHint, tooLongText } from "../bench/too-long.ts";
import { type DrafterChoice, draftersOf } from "../drafter-choice.ts";
import type { DraftingWay, GenerateRequest } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { maxTopK } from "../limits.ts";
import type { Config } from "./config.ts";
import {
  checkDrafters,
  draftingSettings,
  parseDrafter,
  parseDraftLength,
  pMinRange,
  treeSizeRange,
} from "./drafting.ts";
import type { GenerateValues } from "./generate-options.ts";
import { parseNumber } from "./numbers.ts";
import { samplerSettings } from "./sampler-options.ts";

/** How one generation drafts. */
export interface GenerateDrafting {
  readonly choice: DrafterChoice;
  readonly request: DraftingWay & Pick<GenerateRequest, "draftLength" | "topK" | "typical">;
  /** Lines for stderr: values that were given and do not act. */
  readonly remarks: readonly string[];
}

/**
 * What a configuration says of drafting.
 *
 * @throws UserError for a value out of its range, and for values that contradict each other
 */
export function generateDrafting(config: Config<GenerateValues>): GenerateDrafting {
  const { values, origins } = config;
  const choice = parseDrafter(values.drafter);
  const length = parseDraftLength(values["draft-len"]);
  const hasDraft = values.draft !== undefined;
  checkDrafters({ choices: [choice], lengths: [length], hasDraft, origins });
  const drafters = draftersOf(choice);
  const { accept, typical, ngram } = draftingSettings(config, drafters);
  const sampler = samplerSettings(values);
  const topK = parseNumber(values["top-k"], { name: "--top-k", min: 0, max: maxTopK, whole: true });
  const treeSize = treeSizeOf(config, length);
  const pMin = parseNumber(values["p-min"], pMinRange);
  const drafting: Drafting = {
    drafter: choice,
    ...lengthOf(length, treeSize),
    ...{ topK, treeSize, pMin, accept, temp: sampler.temperature },
  };
  if (choice === "none" || length === 0) return plainly(choice, ngram, topK);
  if (!fitsTree(drafting)) throw usageError(tooLongText([drafting]), tooLongHint);
  const { effect, notes } = effectOf(drafting, sampler.topK);
  const inert = new InertWarnings((axis) =>
    origins[axis] === "default" ? undefined : values[axis],
  );
  inert.add({ drafting, notes });
  return {
    choice,
    request: {
      draftLength: drafting.draftLen,
      adaptive: drafting.adaptive,
      drafters,
      ngram,
      topK,
      treeSize: effect.treeSize === 0 ? 0 : treeSize,
      pMin: effect.pMin,
      ...(effect.accept === "typical" && { typical }),
    },
    remarks: inert.warnings().map(({ text, hint }) => `warning: ${text}\nhint: ${hint}`),
  };
}

function treeSizeOf({ values, origins }: Config<GenerateValues>, length: number | "auto"): number {
  // The default follows the length, whose own mistakes are told by its own name.
  if (origins["tree-size"] === "default") return defaultTreeSize(length);
  return parseNumber(values["tree-size"], { ...treeSizeRange, whole: true });
}

function plainly(
  choice: DrafterChoice,
  ngram: DraftingWay["ngram"],
  topK: number,
): GenerateDrafting {
  const request = { adaptive: false, drafters: [], ngram, draftLength: 0, topK };
  return { choice, request: { ...request, treeSize: 0, pMin: 0 }, remarks: [] };
}
