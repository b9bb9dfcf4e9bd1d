import {
  type DrafterChoice,
  type DrafterName,
  drafterChoices,
  draftersOf,
} from "../drafter-choice.ts";
import type { GenerateRequest } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { maxDraftLength, maxNgram } from "../limits.ts";
import { nearest } from "../nearest.ts";
import type { Config, Origin } from "./config.ts";
import type { draftingDefaults } from "./drafting-options.ts";
import { parseNumber } from "./numbers.ts";

/** The range of draft lengths, as `parseNumber` and `parseAxisWithWord` take it. */
export const draftLengthRange = {
  name: "--draft-len",
  min: 0,
  max: maxDraftLength,
  word: "auto",
} as const;

/** The range of tree sizes. */
export const treeSizeRange = { name: "--tree-size", min: 0, max: maxDraftLength } as const;

/** The range of path probabilities. */
export const pMinRange = { name: "--p-min", min: 0, max: 1 } as const;

/** @throws UserError for a value out of its range */
export function parseDraftLength(text: string): number | "auto" {
  return text.trim() === "auto" ? "auto" : parseNumber(text, { ...draftLengthRange, whole: true });
}

const words = ["draft", "ngram", "heads", "none"] as const;

/**
 * What drafts, for example "ngram,draft".
 *
 * @throws UserError that says what there is
 */
export function parseDrafter(text: string): DrafterChoice {
  const names = text.split(",").map((name) => name.trim());
  const choice = drafterChoices.find((each) => each === names.join(","));
  if (choice !== undefined) return choice;
  const unknown = names.find((name) => !words.some((word) => word === name));
  if (unknown !== undefined) throw unknownDrafter(unknown);
  if (names.includes("none")) {
    throw usageError(
      `--drafter ${text}: none goes with no other`,
      "Leave none out, or give it alone for plain decoding.",
    );
  }
  if (names.includes("draft") && names.includes("heads")) {
    throw usageError(
      `--drafter ${text}: draft and heads do not draft for one text`,
      "Choose one of them; ngram goes with either. A bench compares them: --drafter draft --drafter heads.",
    );
  }
  throw usageError(`--drafter ${text} names a drafter twice`, "Name each one once.");
}

function unknownDrafter(name: string): Error {
  const similar = nearest(name, words);
  return usageError(
    `there is no drafter "${name}"`,
    `${similar === undefined ? "" : `Did you mean ${similar}? `}--drafter takes ${drafterChoices.join("; ")}.`,
  );
}

/** What `draftingOptions` say. */
export type DraftingSettings = Pick<GenerateRequest, "ngram"> & {
  readonly accept: "exact" | "typical";
  readonly typical: NonNullable<GenerateRequest["typical"]>;
};

/**
 * What `draftingOptions` say.
 *
 * @param drafters what drafts anywhere
 * @throws UserError for values out of their range, and for flags that nothing heeds
 */
export function draftingSettings(
  { values, origins }: Config<typeof draftingDefaults>,
  drafters: readonly DrafterName[],
): DraftingSettings {
  const accept = values.accept === "typical" ? "typical" : "exact";
  const given = (option: keyof typeof draftingDefaults) => origins[option] === "flag";
  for (const option of ["typical-epsilon", "typical-delta"] as const) {
    if (accept === "typical" || !given(option)) continue;
    throw usageError(`--${option} needs --accept typical`, "Give both, or leave it out.");
  }
  for (const option of ["ngram-min", "ngram-max"] as const) {
    if (drafters.includes("ngram") || !given(option)) continue;
    throw usageError(
      `--${option} needs the drafter ngram`,
      "Give --drafter ngram, or leave it out.",
    );
  }
  return { accept, typical: typicalSettings(values), ngram: ngramSettings(values) };
}

function typicalSettings(values: typeof draftingDefaults): DraftingSettings["typical"] {
  const share = (option: "typical-epsilon" | "typical-delta"): number =>
    parseNumber(values[option], { name: `--${option}`, min: 0, max: 1, aboveMin: true });
  return { epsilon: share("typical-epsilon"), delta: share("typical-delta") };
}

function ngramSettings(values: typeof draftingDefaults): DraftingSettings["ngram"] {
  const tokens = (option: "ngram-min" | "ngram-max"): number =>
    parseNumber(values[option], { name: `--${option}`, min: 1, max: maxNgram, whole: true });
  const [min, max] = [tokens("ngram-min"), tokens("ngram-max")];
  if (min <= max) return { min, max };
  throw usageError(
    `--ngram-min ${min} is above --ngram-max ${max}`,
    "Lower the one or raise the other.",
  );
}

/** What a configuration says of drafters and draft lengths. */
export interface DraftersAsked {
  readonly choices: readonly DrafterChoice[];
  readonly lengths: readonly (number | "auto")[];
  readonly hasDraft: boolean;
  readonly hasHeads: boolean;
  readonly origins: Readonly<Record<"drafter" | "draft-len", Origin>>;
}

/**
 * Checks that what is asked to draft is there, and that something is where drafts are asked for.
 *
 * @throws UserError where it is not
 */
export function checkDrafters({
  choices,
  lengths,
  hasDraft,
  hasHeads,
  origins,
}: DraftersAsked): void {
  const asks = (name: DrafterName) => choices.some((choice) => draftersOf(choice).includes(name));
  if (asks("draft") && !hasDraft) {
    throw usageError(
      "--drafter draft needs a draft model",
      "Name one with --draft FILE, or draft without a model: --drafter ngram.",
    );
  }
  if (asks("heads") && !hasHeads) {
    throw usageError(
      "--drafter heads needs a file of draft heads",
      "Name one with --heads FILE, trained for this target.",
    );
  }
  const drafts = lengths.some((length) => length !== 0);
  if (!drafts || choices.some((choice) => choice !== "none")) return;
  if (origins.drafter === "default") {
    throw usageError(
      "--draft-len needs a draft model",
      "Name one with --draft FILE, or draft without a model: --drafter ngram.",
    );
  }
  if (origins.drafter !== "flag" || origins["draft-len"] !== "flag") return;
  throw usageError(
    `--drafter none drafts nothing, and --draft-len ${lengths.join(",")} asks for drafts`,
    "Leave one of them out.",
  );
}
