import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { embeddedModelsFolder } from "../models/resolve-source.ts";

/** The pair that comes with specdec. */
export const embeddedPair = {
  target: join(embeddedModelsFolder, "python-tiny-target.gguf"),
  draft: join(embeddedModelsFolder, "python-tiny-draft.gguf"),
} as const;

/** All that comes with specdec: the pair, and draft heads for its target. */
export const embeddedModels = [
  ...Object.values(embeddedPair),
  join(embeddedModelsFolder, "python-tiny-chained-heads.gguf"),
  join(embeddedModelsFolder, "python-tiny-parallel-heads.gguf"),
];

/** The names of those of some files that are not there. */
export function missingOf(paths: readonly string[]): string[] {
  return paths
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    .map((path) => basename(path));
}
