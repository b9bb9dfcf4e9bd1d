import { lstatSync, rmSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { environmentError, fileReasons, usageError } from "../errors.ts";
import { findPreset } from "../presets/find-preset.ts";
import { headSources } from "../presets/preset.ts";
import { filesOfModel, storedModels } from "./inventory.ts";
import { listParts } from "./parts.ts";
import { isModelUri, isSplit, requireStoredName, sameModel } from "./split-name.ts";

/** A file that was removed. */
export interface RemovedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * What a name on the command line stands for in a models folder: a stored file's name, a URI, or a
 * preset with all that was fetched for it. Parts of downloads go along.
 *
 * @throws UserError for a name that leads out of the folder, names nothing in it, or a preset whose
 *   models were not fetched
 */
export function filesToRemove(name: string, folder: string): string[] {
  const isMeant = meaningOf(name, folder);
  const models = storedModels(folder).filter((model) => isMeant(model.name));
  const parts = listParts(folder).filter((part) => isMeant(part.name));
  const files = [
    ...models.flatMap(({ path }) => filesOfModel(path)),
    ...parts.map(({ path }) => path),
  ];
  if (files.length > 0) return files;
  const hint = "specdec models list shows what is there.";
  throw environmentError("model-missing", `there is nothing of ${name} in ${folder}`, hint);
}

/** All parts that downloads left behind. */
export function partsToRemove(folder: string): string[] {
  return listParts(folder).map(({ path }) => path);
}

/**
 * Removes them one by one. Of a link the link itself goes, and what it leads to stays.
 *
 * @returns what is gone now
 * @throws UserError for the first that the system does not let go
 */
export function removeFiles(paths: readonly string[]): RemovedFile[] {
  return [...new Set(paths)].map(removeFile);
}

function removeFile(path: string): RemovedFile {
  try {
    const { size: sizeBytes } = lstatSync(path);
    rmSync(path);
    return { path, sizeBytes };
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const what = `cannot remove ${path}: ${fileReasons[code] ?? message}`;
    throw environmentError("file-remove", what, "Check the permissions of its folder.");
  }
}

/** Whether a file in the models folder is of the model that a name stands for. */
function meaningOf(name: string, folder: string): (stored: string) => boolean {
  if (/\.gguf$/i.test(name) && !isModelUri(name)) {
    const file = fileNameWithin(name, folder);
    return (stored) => stored === file || (isSplit(file) && sameModel(stored, file));
  }
  const names = isModelUri(name) ? [requireStoredName(name)] : fetchedNames(name);
  return (stored) => names.some((each) => sameModel(each, stored));
}

function fileNameWithin(name: string, folder: string): string {
  const path = resolve(folder, name);
  if (dirname(path) === resolve(folder)) return basename(path);
  const hint = `Only what lies in ${folder} is removed; give its name there.`;
  throw usageError(`${name} is not in the models folder`, hint);
}

function fetchedNames(id: string): string[] {
  const { preset } = findPreset(id);
  const { target, draft } = preset;
  const sources = [target, ...(draft === undefined ? [] : [draft]), ...headSources(preset)];
  const names = sources.flatMap((source) =>
    "uri" in source ? [requireStoredName(source.uri)] : [],
  );
  if (names.length > 0) return names;
  const hint = "Models that come with specdec, or lie where you put them, are left alone.";
  throw usageError(`nothing is fetched for the preset ${id}`, hint);
}
