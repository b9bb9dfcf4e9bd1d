import { defaultTreeSize, fitsTree, lengthOf } from "../bench/combinations.ts";
import { type Drafting, effectOf } from "../bench/drafting-effect.ts";
import { headsAxis } from "../bench/heads-axis.ts";
import type { InertAxis } from "../bench/inert-rules.ts";
import { InertWarnings, type NotedDrafting } from "../bench/inert-warnings.ts";
import { tooLongHint, tooLongText } from "../bench/too-long.ts";
import { type DrafterChoice, draftersOf } from "../drafter-choice.ts";
import type { DraftingWay, GenerateRequest } from "../engine/pair.ts";
import { type Remark, usageError } from "../errors.ts";
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
import type { draftingDefaults, draftingValueDefaults } from "./drafting-options.ts";
import type { GenerateValues } from "./generate-options.ts";
import { parseNumber } from "./numbers.ts";
import { type samplerDefaults, samplerSettings } from "./sampler-options.ts";

/** What of a configuration says how one generation drafts. */
type DraftingValues = Pick<
  GenerateValues,
  | "draft"
  | "heads"
  | keyof ReturnType<typeof draftingValueDefaults>
  | keyof typeof draftingDefaults
  | keyof typeof samplerDefaults
>;

/** How one generation drafts. */
export interface GenerateDrafting {
  readonly choice: DrafterChoice;
  readonly request: DraftingWay & Pick<GenerateRequest, "draftLength" | "topK" | "typical">;
  /** Values that were given and do not act. */
  readonly remarks: readonly Remark[];
}

/** What a file of draft heads tells of drafting. */
export type HeadsFile = Parameters<typeof headsAxis>[0][number];

/**
 * What a configuration says of drafting.
 *
 * @param file of draft heads, where one drafts and has been read
 * @throws UserError for a value out of its range, and for values that contradict each other
 */
export function generateDrafting(
  config: Config<DraftingValues>,
  file?: HeadsFile,
): GenerateDrafting {
  const { values, origins } = config;
  const choice = parseDrafter(values.drafter);
  const length = parseDraftLength(values["draft-len"]);
  const hasDraft = values.draft !== undefined;
  const hasHeads = values.heads !== undefined;
  checkDrafters({ choices: [choice], lengths: [length], hasDraft, hasHeads, origins });
  const drafters = draftersOf(choice);
  const settings = draftingSettings(config, drafters);
  const [heads] = headsAxis(file === undefined ? [] : [file]);
  const drafting = {
    ...draftingOf(config, choice, length, settings.accept),
    ...(heads !== undefined && { heads }),
  };
  const { ngram, typical } = settings;
  if (choice === "none" || length === 0) {
    return { choice, request: plainly(ngram, drafting.topK), remarks: [] };
  }
  if (!fitsTree(drafting)) throw usageError(tooLongText([drafting]), tooLongHint);
  const { effect, notes } = effectOf(drafting, samplerSettings(values).topK, file?.count);
  return {
    choice,
    request: {
      draftLength: effect.draftLen,
      adaptive: drafting.adaptive,
      drafters,
      ngram,
      topK: drafting.topK,
      treeSize: effect.treeSize === 0 ? 0 : drafting.treeSize,
      pMin: effect.pMin,
      ...(effect.accept === "typical" && { typical }),
    },
    remarks: remarksOn(config, { drafting, notes }),
  };
}

/** One cell of a sweep, as `bench` would run it. */
function draftingOf(
  config: Config<DraftingValues>,
  drafter: DrafterChoice,
  length: number | "auto",
  accept: Drafting["accept"],
): Drafting {
  const { values } = config;
  const treeSize = treeSizeOf(config, length);
  return {
    drafter,
    ...lengthOf(length, treeSize),
    topK: parseNumber(values["top-k"], { name: "--top-k", min: 0, max: maxTopK, whole: true }),
    treeSize,
    pMin: parseNumber(values["p-min"], pMinRange),
    accept,
    temp: samplerSettings(values).temperature,
  };
}

function remarksOn({ values, origins }: Config<DraftingValues>, noted: NotedDrafting): Remark[] {
  const given = (axis: InertAxis) => (origins[axis] === "default" ? undefined : values[axis]);
  const inert = new InertWarnings(given);
  inert.add(noted);
  return inert.warnings().map(({ text, hint }) => ({ level: "warning", text, hint }));
}

function treeSizeOf({ values, origins }: Config<DraftingValues>, length: number | "auto"): number {
  // The default follows the length, whose own mistakes are told by its own name.
  if (origins["tree-size"] === "default") return defaultTreeSize(length);
  return parseNumber(values["tree-size"], { ...treeSizeRange, whole: true });
}

function plainly(ngram: DraftingWay["ngram"], topK: number): GenerateDrafting["request"] {
  return { draftLength: 0, adaptive: false, drafters: [], ngram, topK, treeSize: 0, pMin: 0 };
}
