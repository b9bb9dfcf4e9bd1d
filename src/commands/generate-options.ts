import type { InferredOptionTypes, Options } from "yargs";
import type { Values } from "./config.ts";
import {
  draftingDefaults,
  draftingOptions,
  draftingValueDefaults,
  draftingValueOptions,
} from "./drafting-options.ts";
import { modelDefaults, modelOptions } from "./model-options.ts";
import { printConfigOption } from "./print-config.ts";
import { samplerDefaults, samplerOptions } from "./sampler-options.ts";
import { specialOption } from "./special-option.ts";
import { templateDefaults, templateOptions } from "./template-options.ts";

/** Flags of `specdec generate`. */
export const generateOptions = {
  ...modelOptions,
  ...draftingValueOptions,
  ...draftingOptions,
  ...samplerOptions,
  seed: {
    type: "string",
    requiresArg: true,
    describe: "Seed for sampling; the same seed repeats a run",
    defaultDescription: "a new one",
    group: "Sampling:",
  },
  "max-tokens": {
    type: "string",
    requiresArg: true,
    describe: "Tokens to generate at most",
    group: "Output:",
  },
  stop: {
    type: "string",
    array: true,
    // One for each --stop: else it would take the prompt too.
    nargs: 1,
    describe: "End the text before this one; give it again for several",
    group: "Output:",
  },
  raw: {
    type: "boolean",
    describe: "Continue the prompt as it stands, without the model's chat template",
    group: "Output:",
  },
  special: { ...specialOption, group: "Output:" },
  json: {
    type: "boolean",
    describe: "Print every event as a line of JSON instead of the text",
    defaultDescription: "false",
    group: "Output:",
  },
  ...templateOptions,
  "print-config": printConfigOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec generate`, and its argument. */
export type GenerateFlags = InferredOptionTypes<typeof generateOptions> & {
  prompt: string | undefined;
};

/** What they come to. */
export type GenerateValues = ReturnType<typeof generateDefaults>;

/** What holds where nothing else is said, beside what is given of other options. */
export function generateDefaults(given: Values) {
  return {
    ...modelDefaults(),
    heads: undefined as string | undefined,
    ...draftingValueDefaults(given, samplerDefaults),
    ...draftingDefaults,
    ...samplerDefaults,
    seed: undefined as string | undefined,
    "max-tokens": "256",
    stop: undefined as readonly string[] | undefined,
    raw: false,
    special: false,
    ...templateDefaults,
  };
}
