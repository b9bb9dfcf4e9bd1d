import type { Options } from "yargs";
import { modelsFolder } from "../../models/models-folder.ts";
import { requireText } from "../model-options.ts";

/** Flags that every `specdec models` command has. */
export const folderOption = {
  "models-dir": {
    type: "string",
    requiresArg: true,
    describe: "Folder of fetched models",
    defaultDescription: "SPECDEC_MODELS, else a cache folder",
  },
} as const satisfies Record<string, Options>;

/** For what is read by programs. */
export const jsonOption = {
  json: { type: "boolean", default: false, describe: "Print JSON" },
} as const satisfies Record<string, Options>;

/**
 * The models folder that a command line asks for.
 *
 * @throws UserError for an empty name
 */
export function folderOf({ "models-dir": flag }: { "models-dir"?: string | undefined }): string {
  return modelsFolder(flag === undefined ? undefined : requireText("--models-dir", flag));
}
