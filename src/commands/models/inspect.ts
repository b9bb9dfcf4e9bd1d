import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { folderOption, jsonOption } from "./options.ts";

const options = {
  ctx: {
    type: "string",
    default: "0",
    requiresArg: true,
    describe: "Context to estimate the memory for; 0 for the model's own, at most 4096",
  },
  ...folderOption,
  ...jsonOption,
} as const satisfies Record<string, Options>;

/** The flags of `specdec models inspect`. */
export type InspectFlags = InferredOptionTypes<typeof options> & { file: string | undefined };

/** `specdec models inspect`: what a model file says of itself. */
export const inspectCommand: CommandModule<object, InspectFlags> = {
  command: "inspect [file]",
  describe: "Show what a model file says of itself",
  builder: (yargs) =>
    yargs
      .positional("file", {
        type: "string",
        describe: "GGUF file, PRESET:target, PRESET:draft, or what was pulled",
      })
      .options(options),
  handler: async (flags) => (await import("./run-inspect.ts")).runInspect(flags),
};
