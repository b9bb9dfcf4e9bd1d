import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { modelOptions } from "../model-options.ts";

const { target, gpu, threads, engine } = modelOptions;

/** Flags of `specdec heads features`. */
export const featuresOptions = {
  target: {
    ...target,
    demandOption: true,
    describe: "GGUF file of the model that the heads are for",
  },
  text: {
    type: "string",
    requiresArg: true,
    demandOption: true,
    describe: "Folder of text files, of the kind that the model is to write",
    group: "Text:",
  },
  tokens: {
    type: "string",
    requiresArg: true,
    default: "400000",
    describe: "Places to record",
    group: "Text:",
  },
  "own-share": {
    type: "string",
    requiresArg: true,
    default: "0.5",
    describe: "Share of them in what the model itself writes behind beginnings of the text",
    group: "Text:",
  },
  "own-length": {
    type: "string",
    requiresArg: true,
    default: "96",
    describe: "Tokens that it writes behind one",
    group: "Text:",
  },
  "own-temp": {
    type: "string",
    requiresArg: true,
    default: "0.8",
    describe:
      "Temperature of every second text that it writes; the others take the likeliest token",
    group: "Text:",
  },
  branches: {
    type: "string",
    requiresArg: true,
    default: "8",
    describe: "Texts written at once behind one beginning",
    group: "Text:",
  },
  chat: {
    type: "boolean",
    default: false,
    describe: "Hand it the beginnings as messages, in its chat template",
    group: "Text:",
  },
  length: {
    type: "string",
    requiresArg: true,
    default: "256",
    describe: "Tokens that it reads of a text at once",
    group: "Text:",
  },
  "held-out": {
    type: "string",
    requiresArg: true,
    default: "0.05",
    describe: "Share of the text that training is not to see",
    group: "Text:",
  },
  seed: {
    type: "string",
    requiresArg: true,
    default: "1",
    describe: "Seed of the order and of what is drawn",
    group: "Text:",
  },
  out: {
    type: "string",
    requiresArg: true,
    demandOption: true,
    describe: "Folder for what is recorded",
    group: "Output:",
  },
  gpu: { ...gpu, default: "auto" },
  threads: { ...threads, default: "0" },
  engine: { ...engine, default: "auto" },
} as const satisfies Record<string, Options>;

/** Its flags, as they were given. */
export type FeaturesFlags = InferredOptionTypes<typeof featuresOptions>;

/** `specdec heads features`: what heads are trained on. */
export const featuresCommand: CommandModule<object, FeaturesFlags> = {
  command: "features",
  describe: "Record a model's hidden states along texts, to train heads on",
  builder: (yargs) =>
    yargs
      .options(featuresOptions)
      .example(
        "$0 heads features --target model.gguf --text books --out work/features",
        "The first stage of training/heads, which calls it by itself",
      )
      .epilogue(
        "Writes tokens, hidden states and the likeliest next tokens as raw numbers, and features.json, which says what they are.",
      ),
  handler: async (flags) => (await import("./run-features.ts")).runFeatures(flags),
};
