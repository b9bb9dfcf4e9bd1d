import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { folderOption } from "./options.ts";

const options = {
  ...folderOption,
  "all-parts": {
    type: "boolean",
    default: false,
    describe: "Remove what unfinished downloads left behind, too",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec models rm`. */
export type RemoveFlags = InferredOptionTypes<typeof options> & {
  names: readonly string[] | undefined;
};

/** `specdec models rm`: removes fetched models. */
export const removeCommand: CommandModule<object, RemoveFlags> = {
  command: "rm [names..]",
  describe: "Remove fetched models, without asking",
  builder: (yargs) =>
    yargs
      .positional("names", {
        type: "string",
        array: true,
        describe: "File names in the models folder, presets or URIs",
      })
      .options(options),
  handler: async (flags) => (await import("./run-rm.ts")).runRemove(flags),
};
