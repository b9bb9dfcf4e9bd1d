import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { folderOption, jsonOption } from "./options.ts";

const options = { ...folderOption, ...jsonOption } as const satisfies Record<string, Options>;

/** The flags of `specdec models list`. */
export type ListFlags = InferredOptionTypes<typeof options>;

/** `specdec models list`: presets, and which of their models are on this machine. */
export const listCommand: CommandModule<object, ListFlags> = {
  command: "list",
  describe: "Show the presets and which models are here",
  builder: (yargs) => yargs.options(options),
  handler: async (flags) => (await import("./run-list.ts")).runList(flags),
};
