import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { folderOption } from "./options.ts";

const options = {
  ...folderOption,
  sha256: {
    type: "string",
    requiresArg: true,
    describe: "SHA-256 that the file of a single URI must have; a preset brings its own",
  },
  timeout: {
    type: "string",
    default: "30",
    requiresArg: true,
    describe: "Give up when nothing came for so many seconds",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec models pull`. */
export type PullFlags = InferredOptionTypes<typeof options> & {
  names: readonly string[] | undefined;
};

/** `specdec models pull`: fetches what a preset or a URI names. */
export const pullCommand: CommandModule<object, PullFlags> = {
  command: "pull [names..]",
  describe: "Fetch the models of a preset, or a model by its URI",
  builder: (yargs) =>
    yargs
      .positional("names", {
        type: "string",
        array: true,
        describe: "Presets, hf:user/model:quantisation, hf:user/model/file.gguf or addresses",
      })
      .options(options)
      .example("$0 models pull hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF:Q4_K_M", "By its URI"),
  handler: async (flags) => (await import("./run-pull.ts")).runPull(flags),
};
