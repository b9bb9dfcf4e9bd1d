import type { InferredOptionTypes, Options } from "yargs";
import { benchOptions } from "./bench-options.ts";
import type { Values } from "./config.ts";
import { draftingDefaults, draftingOptions } from "./drafting-options.ts";
import { modelDefaults, modelOptions } from "./model-options.ts";
import { printConfigOption } from "./print-config.ts";
import { promptDefaults, promptOptions } from "./prompt-options.ts";
import { templateDefaults, templateOptions } from "./template-options.ts";

const group = "Settings to try (1,2,4 or 1-8 or 1-9+2 or 1-16*2):";

/** Flags of `specdec tune`. */
export const tuneOptions = {
  ...modelOptions,
  // Known, so that it can be refused in words of its own.
  heads: { ...benchOptions.heads, hidden: true },
  drafter: {
    ...benchOptions.drafter,
    describe:
      "Given several times: draft (the model), ngram (prompt lookup); ngram,draft asks both",
    defaultDescription: "draft, ngram and ngram,draft with a draft model, else ngram",
    group,
  },
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Tokens drafted in a row for one pass",
    group,
  },
  "top-k": {
    type: "string",
    requiresArg: true,
    describe: "Candidates at each place; 1 is a chain, more are a tree",
    group,
  },
  "tree-size": {
    type: "string",
    requiresArg: true,
    describe: "Tokens drafted in all for one pass, as a tree of candidates",
    group,
  },
  "p-min": {
    type: "string",
    requiresArg: true,
    describe: "Draft probability of a path below which it stops",
    group,
  },
  "ngram-min": draftingOptions["ngram-min"],
  "ngram-max": draftingOptions["ngram-max"],
  ...promptOptions,
  "max-tokens": benchOptions["max-tokens"],
  reps: {
    ...benchOptions.reps,
    describe: "Repetitions of every prompt where the best are measured",
  },
  seed: { ...benchOptions.seed, describe: "Seed for the order of the measured runs" },
  raw: benchOptions.raw,
  special: benchOptions.special,
  ...templateOptions,
  "save-preset": {
    type: "string",
    requiresArg: true,
    describe: "Keep pair and setting as a preset of your own by this name",
    group: "Output:",
  },
  "print-config": printConfigOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec tune`. */
export type TuneFlags = InferredOptionTypes<typeof tuneOptions>;

/** What they come to. */
export type TuneValues = ReturnType<typeof tuneDefaults>;

/** What holds where nothing else is said, beside what is given of other options. */
export function tuneDefaults(given: Values) {
  const drafter: readonly string[] =
    given.draft === undefined ? ["ngram"] : ["draft", "ngram", "ngram,draft"];
  return {
    ...modelDefaults(),
    heads: undefined as readonly string[] | undefined,
    drafter,
    "draft-len": "1-8",
    "top-k": "1,3,5",
    // Follows the draft length.
    "tree-size": "the draft length, 4, 8 and 16",
    "p-min": "0-0.8+0.2",
    "ngram-min": draftingDefaults["ngram-min"],
    "ngram-max": draftingDefaults["ngram-max"],
    ...promptDefaults,
    "max-tokens": "96",
    reps: "2",
    seed: "1",
    raw: false,
    special: false,
    ...templateDefaults,
  };
}
