import type { InferredOptionTypes, Options } from "yargs";
import { suiteFile } from "../bench/prompt-suites.ts";
import { reportFormats } from "../reports/formats.ts";
import { defaultDraftLen, defaultTopK } from "./drafting.ts";
import { modelDefaults, modelOptions } from "./model-options.ts";
import { printConfigOption } from "./print-config.ts";
import { samplerDefaults, samplerOptions } from "./sampler-options.ts";

const sweepGroup = "Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):";

/** Flags of `specdec bench`. */
export const benchOptions = {
  ...modelOptions,
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Axis: tokens drafted for one pass",
    defaultDescription: "1,2,4 with a draft model",
    group: sweepGroup,
  },
  "top-k": {
    type: "string",
    requiresArg: true,
    describe: "Axis: candidate filter, draft from the k likeliest tokens only; 0 for all",
    group: sweepGroup,
  },
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
  prompts: {
    type: "string",
    array: true,
    describe: "Files of prompts, names of suites (see below) or prompts themselves",
    defaultDescription: "default, a dozen of six kinds",
    group: "Runs:",
  },
  "max-tokens": {
    type: "string",
    requiresArg: true,
    describe: "Tokens to generate at most for a prompt",
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
  raw: {
    type: "boolean",
    describe: "Continue the prompts as they stand, without the model's chat template",
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
  "print-config": printConfigOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec bench`. */
export type BenchFlags = InferredOptionTypes<typeof benchOptions>;

/** What they come to. */
export type BenchValues = ReturnType<typeof benchDefaults>;

/** What holds where nothing else is said. */
export function benchDefaults(hasDraft: boolean) {
  return {
    ...modelDefaults(),
    "draft-len": defaultDraftLen(hasDraft, "1,2,4"),
    "top-k": defaultTopK,
    ...samplerDefaults,
    seed: "1",
    prompts: [suiteFile("default")] as readonly string[],
    "max-tokens": "96",
    reps: "3",
    warmup: "1",
    raw: false,
  };
}
