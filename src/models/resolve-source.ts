import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentError, usageError } from "../errors.ts";
import type { ModelSource } from "../presets/preset.ts";
import { storedFileName } from "./stored-name.ts";

/** The models that come with specdec; two folders up from here in `src` as in `dist`. */
export const embeddedModelsFolder = fileURLToPath(new URL("../../models/", import.meta.url));

/** Where the models of a preset are looked for. */
export interface SourcePlaces {
  readonly presetId: string;
  /** What a relative path counts from. */
  readonly presetFolder: string;
  /** What `modelsFolder` gives. */
  readonly modelsFolder: string;
}

/**
 * The file of a model that a preset names. Whether a path leads to a file shows when it is loaded.
 *
 * @throws UserError "model-not-pulled" where a URI's file is not in the models folder, and
 *   "embedded-model-missing" where the package is not whole
 */
export function resolveModelSource(source: ModelSource, places: SourcePlaces): string {
  if ("embedded" in source) return embeddedModel(source.embedded);
  if ("path" in source) return sourceText(source, places.presetFolder);
  const file = findStoredFile(source.uri, places.modelsFolder);
  if (file !== undefined) return file;
  throw environmentError(
    "model-not-pulled",
    `${source.uri} is not in ${places.modelsFolder}`,
    `Run specdec models pull ${places.presetId}.`,
  );
}

function embeddedModel(name: string): string {
  const file = join(embeddedModelsFolder, name);
  if (existsSync(file)) return file;
  throw environmentError(
    "embedded-model-missing",
    `${file}, a model of specdec's own, is missing`,
    "Install specdec again.",
  );
}

/** Where a model comes from, to show: an absolute path or a URI. Nothing is looked up. */
export function sourceText(source: ModelSource, presetFolder: string): string {
  if ("embedded" in source) return join(embeddedModelsFolder, source.embedded);
  return "path" in source ? resolve(presetFolder, source.path) : source.uri;
}

/**
 * The file of a URI in the models folder, if it is there. A quantisation does not tell into how
 * many files a model is split: any first part of it counts.
 *
 * @throws UserError (usage) for a URI that names no model
 */
export function findStoredFile(uri: string, folder: string): string | undefined {
  const name = storedFileName(uri);
  if (name === undefined) {
    throw usageError(`${uri} names no model`, "Write hf:user/model:quantisation, or a file's.");
  }
  if (existsSync(join(folder, name))) return join(folder, name);
  const stem = `${name.replace(/\.gguf$/i, "")}-00001-of-`;
  const first = filesIn(folder).find(
    (file) => file.startsWith(stem) && /^\d{5}\.gguf$/i.test(file.slice(stem.length)),
  );
  return first === undefined ? undefined : join(folder, first);
}

/**
 * The names of all files in a models folder; none where there is no folder.
 *
 * @throws UserError where it cannot be read
 */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw environmentError(
      "models-folder-unreadable",
      `cannot read ${folder}: ${(error as Error).message}`,
      "Choose another folder with --models-dir.",
    );
  }
}
