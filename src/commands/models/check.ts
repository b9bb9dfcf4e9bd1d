import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { strictVocabularyOption } from "../model-options.ts";
import { folderOption, jsonOption } from "./options.ts";

const options = {
  ...folderOption,
  ...jsonOption,
  ...strictVocabularyOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec models check`. */
export type CheckFlags = InferredOptionTypes<typeof options> & {
  target: string | undefined;
  draft: string | undefined;
};

/** `specdec models check`: whether a draft can work for a target, before anything is loaded. */
export const checkCommand: CommandModule<object, CheckFlags> = {
  command: "check [target] [draft]",
  describe: "Tell whether a draft model fits a target, and what it must achieve",
  builder: (yargs) =>
    yargs
      .positional("target", { type: "string", describe: "GGUF file, or a preset alone" })
      .positional("draft", { type: "string", describe: "GGUF file of the draft model" })
      .options(options),
  handler: async (flags) => (await import("./run-check.ts")).runCheck(flags),
};
