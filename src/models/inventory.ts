import { existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { headSources, type ModelSource } from "../presets/preset.ts";
import { listParts, type Part } from "./parts.ts";
import { embeddedModelsFolder, filesIn, findStoredFile } from "./resolve-source.ts";
import { isSplit, sameModel } from "./split-name.ts";

/** One model of a preset, and whether it is on this machine. */
export interface PresetModel {
  readonly role: "target" | "draft" | "heads";
  /** What the preset says: a URI, a path, or the name of an embedded file. */
  readonly source: string;
  readonly kind: "embedded" | "path" | "uri";
  /** The file; absent where it is not there. */
  readonly path?: string;
  /** Of the file, or what the preset says of one that is not there. */
  readonly sizeBytes?: number;
}

/** A preset and its models. */
export interface PresetEntry {
  readonly id: string;
  readonly origin: LoadedPreset["origin"];
  readonly description: string;
  readonly models: readonly PresetModel[];
}

/** A model in the models folder, in one file or several. */
export interface StoredModel {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What models there are. */
export interface Inventory {
  readonly folder: string;
  readonly presets: readonly PresetEntry[];
  /** Models in the folder that no preset names. */
  readonly others: readonly StoredModel[];
  readonly parts: readonly Part[];
}

/** What the presets name, and what a models folder holds. */
export function takeInventory(presets: readonly LoadedPreset[], folder: string): Inventory {
  const entries = presets.map((loaded) => entryOf(loaded, folder));
  const named = new Set(entries.flatMap(({ models }) => models.map(({ path }) => path)));
  return {
    folder,
    presets: entries,
    others: storedModels(folder).filter(({ path }) => !named.has(path)),
    parts: listParts(folder),
  };
}

/** The models in a folder, by name; of a model in several files the first stands for all. */
export function storedModels(folder: string): StoredModel[] {
  return filesIn(folder)
    .filter((name) => /\.gguf$/i.test(name) && !isFurtherFile(name))
    .map((name) => join(folder, name))
    .filter((path) => statOf(path)?.isFile() === true)
    .map((path) => ({ name: basename(path), path, sizeBytes: sizeOfModel(path) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** All files of a model, among them links that lead nowhere. */
export function filesOfModel(path: string): string[] {
  const folder = dirname(path);
  const name = basename(path);
  return readdirSync(folder)
    .filter(
      (other) => other === name || (isSplit(name) && isSplit(other) && sameModel(other, name)),
    )
    .map((other) => join(folder, other))
    .filter((file) => statOf(file)?.isDirectory() !== true);
}

function isFurtherFile(name: string): boolean {
  return isSplit(name) && !/-00001-of-\d{5}\.gguf$/i.test(name);
}

function sizeOfModel(path: string): number {
  return filesOfModel(path).reduce((sum, file) => sum + (statOf(file)?.size ?? 0), 0);
}

/** Undefined where a link leads nowhere, or in a circle. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function entryOf({ preset, file, origin }: LoadedPreset, folder: string): PresetEntry {
  const { id, description, target, draft } = preset;
  const locate = (role: PresetModel["role"], source: ModelSource): PresetModel =>
    presetModel(role, source, { presetFolder: dirname(file), folder });
  return {
    id,
    origin,
    description,
    models: [
      locate("target", target),
      ...(draft === undefined ? [] : [locate("draft", draft)]),
      ...headSources(preset).map((source) => locate("heads", source)),
    ],
  };
}

function presetModel(
  role: PresetModel["role"],
  source: ModelSource,
  places: { readonly presetFolder: string; readonly folder: string },
): PresetModel {
  const { path, ...rest } = located(source, places);
  const isThere = path !== undefined && existsSync(path);
  const sizeBytes = isThere ? sizeOfModel(path) : source.sizeBytes;
  return {
    role,
    ...rest,
    ...(isThere && { path }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
}

function located(
  source: ModelSource,
  { presetFolder, folder }: { readonly presetFolder: string; readonly folder: string },
): {
  readonly kind: PresetModel["kind"];
  readonly source: string;
  readonly path: string | undefined;
} {
  if ("embedded" in source) {
    const { embedded } = source;
    return { kind: "embedded", source: embedded, path: join(embeddedModelsFolder, embedded) };
  }
  if ("path" in source) {
    return { kind: "path", source: source.path, path: resolve(presetFolder, source.path) };
  }
  return { kind: "uri", source: source.uri, path: findStoredFile(source.uri, folder) };
}
