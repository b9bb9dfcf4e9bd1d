import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { embeddedModelsFolder } from "../models/resolve-source.ts";

/** The pair that comes with specdec. */
export const embeddedPair = {
  target: join(embeddedModelsFolder, "python-tiny-target.gguf"),
  draft: join(embeddedModelsFolder, "python-tiny-draft.gguf"),
} as const;

/** The names of its files that are not there. */
export function missingEmbedded(): string[] {
  return Object.values(embeddedPair)
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    .map((path) => basename(path));
}
