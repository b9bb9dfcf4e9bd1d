import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { folderOption, jsonOption } from "../models/options.ts";

const options = {
  target: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of a target: tell whether the heads fit it",
  },
  ...folderOption,
  ...jsonOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec heads info`. */
export type HeadsInfoFlags = InferredOptionTypes<typeof options> & { file: string | undefined };

/** `specdec heads info`: what a file of draft heads says of itself. */
export const infoCommand: CommandModule<object, HeadsInfoFlags> = {
  command: "info [file]",
  describe: "Show what a file of draft heads says of itself",
  builder: (yargs) =>
    yargs
      .positional("file", {
        type: "string",
        describe: "GGUF file, PRESET:heads, or what was pulled",
      })
      .options(options)
      .example("$0 heads info heads.gguf", "Kind, size, and how often each head was right")
      .example("$0 heads info heads.gguf --target big.gguf", "And whether it fits a target"),
  handler: async (flags) => (await import("./run-info.ts")).runHeadsInfo(flags),
};
