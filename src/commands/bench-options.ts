import type { InferredOptionTypes, Options } from "yargs";
import { reportFormats } from "../reports/formats.ts";
import { modelOptions } from "./model-options.ts";
import { samplerOptions } from "./sampler-options.ts";

/** Flags of `specdec bench`. */
export const benchOptions = {
  ...modelOptions,
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Axis: tokens drafted for one pass [default: 1,2,4 with --draft]",
    group: "Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):",
  },
  "top-k": {
    type: "string",
    default: "10",
    requiresArg: true,
    describe: "Axis: candidate filter, draft from the k likeliest tokens only; 0 for all",
    group: "Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):",
  },
  ...samplerOptions,
  temp: {
    ...samplerOptions.temp,
    describe: "Axis: temperature; 0 takes the likeliest token",
    group: "Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):",
  },
  seed: {
    type: "string",
    default: "1",
    requiresArg: true,
    describe: "Seed for sampling and for the order of the runs",
    group: "Runs:",
  },
  prompts: {
    type: "string",
    array: true,
    describe: "Prompt files (JSON lines of id, category, prompt) or texts [default: a dozen]",
    group: "Runs:",
  },
  "max-tokens": {
    type: "string",
    default: "96",
    requiresArg: true,
    describe: "Tokens to generate at most for a prompt",
    group: "Runs:",
  },
  reps: {
    type: "string",
    default: "3",
    requiresArg: true,
    describe: "Repetitions of every prompt in every cell",
    group: "Runs:",
  },
  warmup: {
    type: "string",
    default: "1",
    requiresArg: true,
    describe: "Short runs of every cell before the counted ones",
    group: "Runs:",
  },
  raw: {
    type: "boolean",
    default: false,
    describe: "Continue the prompts as they stand, without the model's chat template",
    group: "Runs:",
  },
  format: {
    choices: reportFormats,
    describe: "What to print on stdout [default: table]",
    group: "Report:",
  },
  out: {
    type: "string",
    requiresArg: true,
    describe: "Write the report to a file too: .json, .md or .csv by its ending, else --format",
    group: "Report:",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec bench`. */
export type BenchFlags = InferredOptionTypes<typeof benchOptions>;
