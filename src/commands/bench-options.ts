import type { InferredOptionTypes, Options } from "yargs";
import { defaultCheckTexts } from "../bench/distribution-check.ts";
import { reportFormats } from "../reports/formats.ts";
import type { Values } from "./config.ts";
import {
  defaultDrafters,
  defaultDraftLen,
  draftingDefaults,
  draftingOptions,
} from "./drafting-options.ts";
import { modelDefaults, modelOptions } from "./model-options.ts";
import { printConfigOption } from "./print-config.ts";
import { promptDefaults, promptOptions } from "./prompt-options.ts";
import { samplerDefaults, samplerOptions } from "./sampler-options.ts";
import { specialOption } from "./special-option.ts";
import { templateDefaults, templateOptions } from "./template-options.ts";

const sweepGroup = "Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):";

/** Flags of `specdec bench`. */
export const benchOptions = {
  ...modelOptions,
  heads: {
    ...modelOptions.heads,
    array: true,
    describe: "Axis: GGUF files of draft heads, trained for the target",
  },
  drafter: {
    type: "string",
    array: true,
    // One for each --drafter, as everywhere.
    nargs: 1,
    describe:
      "Axis, given several times: draft (the model), heads, ngram (lookup); ngram,draft asks both",
    defaultDescription: "draft and heads, where they are given, else none",
    group: sweepGroup,
  },
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Axis: tokens drafted in a row for one pass; auto, as 1,2,auto, chooses before each",
    defaultDescription: "1,2,4 with a drafter",
    group: sweepGroup,
  },
  "top-k": {
    type: "string",
    requiresArg: true,
    describe:
      "Axis: candidate filter, draft from the k likeliest tokens only; 1 is a chain; 0 for all",
    group: sweepGroup,
  },
  "tree-size": {
    type: "string",
    requiresArg: true,
    describe: "Axis: tokens drafted in all for one pass, as a tree of candidates; 0 for a chain",
    group: sweepGroup,
  },
  "p-min": {
    type: "string",
    requiresArg: true,
    describe: "Axis: stop a draft, or a branch, that the drafter finds less probable than this",
    group: sweepGroup,
  },
  ...draftingOptions,
  ...samplerOptions,
  temp: {
    ...samplerOptions.temp,
    describe: "Axis: temperature; 0 takes the likeliest token",
    group: sweepGroup,
  },
  seed: {
    type: "string",
    requiresArg: true,
    describe: "Seed for sampling and for the order of the runs",
    group: "Runs:",
  },
  ...promptOptions,
  "max-tokens": {
    type: "string",
    requiresArg: true,
    describe: "Tokens to generate at most for a prompt without a limit of its own",
    group: "Runs:",
  },
  reps: {
    type: "string",
    requiresArg: true,
    describe: "Repetitions of every prompt in every cell",
    group: "Runs:",
  },
  warmup: {
    type: "string",
    requiresArg: true,
    describe: "Short runs of every cell before the counted ones",
    group: "Runs:",
  },
  "until-ci": {
    type: "string",
    requiresArg: true,
    describe: "More repetitions until every speedup's interval is within this, as 3%",
    defaultDescription: "off",
    group: "Runs:",
  },
  "time-budget": {
    type: "string",
    requiresArg: true,
    describe: "Begin no run after this time, as 90s, 10m or 1h, and keep what there is",
    defaultDescription: "none",
    group: "Runs:",
  },
  aa: {
    type: "boolean",
    describe: "Measure plain against plain too: what it seems to gain is noise",
    group: "Runs:",
  },
  "baseline-rows": {
    type: "boolean",
    describe: "Measure node-llama-cpp's own evaluate(), draft and lookup predictors too",
    group: "Runs:",
  },
  "check-distribution": {
    type: "boolean",
    describe: "Above temperature 0: draw second tokens and test them against plain's",
    group: "Runs:",
  },
  "check-texts": {
    type: "string",
    requiresArg: true,
    describe: "Texts that --check-distribution draws of each cell; more find smaller differences",
    defaultDescription: String(defaultCheckTexts),
    group: "Runs:",
  },
  raw: {
    type: "boolean",
    describe: "Continue the prompts as they stand, without the model's chat template",
    group: "Runs:",
  },
  special: { ...specialOption, group: "Runs:" },
  "no-confirm": {
    type: "boolean",
    describe: "After a sweep of more than three settings, do not measure the best one again",
    group: "Runs:",
  },
  "no-cost-model": {
    type: "boolean",
    describe: "Leave out timing batches before the first run, and what is predicted from them",
    defaultDescription: "false",
    group: "Runs:",
  },
  format: {
    choices: reportFormats,
    describe: "What to print on stdout",
    defaultDescription: "table",
    group: "Output:",
  },
  out: {
    type: "string",
    requiresArg: true,
    describe: "File to keep the report in: .json, .md or .csv by its ending; none for no file",
    defaultDescription: "a .json in bench-results/runs",
    group: "Output:",
  },
  "by-category": {
    type: "boolean",
    describe: "Speedups by category of prompts below the table; markdown and JSON have them anyway",
    group: "Output:",
  },
  github: {
    type: "boolean",
    describe: "In a job of GitHub Actions: add a summary to its page, and annotations",
    group: "Output:",
  },
  ...templateOptions,
  "print-config": printConfigOption,
  check: {
    type: "string",
    requiresArg: true,
    describe: "Baseline, a JSON report of the same bench; exit code 4 where this one is worse",
    group: "Gate:",
  },
  "max-regression": {
    type: "string",
    requiresArg: true,
    describe: "Share of the baseline's speedup that may be lost",
    defaultDescription: "5%",
    group: "Gate:",
  },
  "update-baseline": {
    type: "boolean",
    describe: "Write the baseline that --check names instead of reading it",
    group: "Gate:",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec bench`. */
export type BenchFlags = InferredOptionTypes<typeof benchOptions>;

/** What they come to. */
export type BenchValues = ReturnType<typeof benchDefaults>;

/** What holds where nothing else is said, beside what is given of other options. */
export function benchDefaults(given: Values) {
  const drafter = defaultDrafters(given);
  return {
    ...modelDefaults(),
    heads: undefined as readonly string[] | undefined,
    drafter,
    "draft-len": defaultDraftLen((given.drafter as readonly string[]) ?? drafter, "1,2,4"),
    // These two follow other axes, cell by cell.
    "top-k": "1 at temperature 0, else 10",
    "tree-size": "the draft length",
    "p-min": "0",
    ...draftingDefaults,
    ...samplerDefaults,
    seed: "1",
    ...promptDefaults,
    "max-tokens": "96",
    reps: "3",
    warmup: "1",
    "until-ci": undefined as string | undefined,
    "time-budget": undefined as string | undefined,
    aa: false,
    "baseline-rows": false,
    "check-distribution": false,
    "no-confirm": false,
    "check-texts": undefined as string | undefined,
    raw: false,
    special: false,
    ...templateDefaults,
  };
}
