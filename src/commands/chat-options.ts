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

/** Flags of `specdec chat`. */
export const chatOptions = {
  ...modelOptions,
  ...draftingValueOptions,
  ...draftingOptions,
  ...samplerOptions,
  seed: {
    type: "string",
    requiresArg: true,
    describe: "Seed for sampling; the same seed repeats a chat",
    defaultDescription: "a new one",
    group: "Sampling:",
  },
  system: {
    type: "string",
    requiresArg: true,
    describe: "System message that the conversation begins with",
    group: "Chat:",
  },
  "max-tokens": {
    type: "string",
    requiresArg: true,
    describe: "Tokens of one answer at most",
    group: "Chat:",
  },
  plain: {
    type: "boolean",
    describe: "Begin with plain decoding; /draft-len turns drafting on",
    group: "Chat:",
  },
  raw: {
    type: "boolean",
    describe: "Continue the conversation as plain text, without the model's chat template",
    group: "Chat:",
  },
  special: { ...specialOption, group: "Chat:" },
  stop: {
    type: "string",
    array: true,
    nargs: 1,
    describe: "End an answer before this text; give it again for several",
    group: "Chat:",
  },
  provenance: {
    choices: ["off", "subtle", "full"],
    describe: "How much is shown of where tokens came from; a key changes it",
    group: "Chat:",
  },
  ...templateOptions,
  "print-config": printConfigOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec chat`. */
export type ChatFlags = InferredOptionTypes<typeof chatOptions>;

/** What they come to. */
export type ChatValues = ReturnType<typeof chatDefaults>;

/** What holds where nothing else is said, beside what is given of other options. */
export function chatDefaults(given: Values) {
  const sampler = { ...samplerDefaults, temp: "0.7" };
  return {
    ...modelDefaults(),
    heads: undefined as string | undefined,
    ...draftingValueDefaults(given, sampler),
    ...draftingDefaults,
    ...sampler,
    seed: undefined as string | undefined,
    system: undefined as string | undefined,
    "max-tokens": "1024",
    plain: false,
    raw: false,
    special: false,
    ...templateDefaults,
    stop: undefined as readonly string[] | undefined,
    provenance: "subtle",
  };
}
