import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { environmentError, UserError, usageError } from "../errors.ts";
import type { Preset } from "./preset.ts";
import { builtInPresetsFolder, userPresetsFolder } from "./preset-folders.ts";
import { readPreset } from "./read-preset.ts";

/** A preset and where it was found. */
export interface LoadedPreset {
  readonly preset: Preset;
  readonly file: string;
  readonly origin: "built-in" | "user" | "path";
}

/** A user's preset that cannot be used, and why. */
export interface BrokenPreset {
  /** Its id, or the file's name where the id cannot be read. */
  readonly id: string;
  readonly file: string;
  readonly error: UserError;
}

/** What the preset folders hold. */
export interface PresetCollection {
  /** By id; a user's preset stands in the place of a built-in one with the same id. */
  readonly presets: readonly LoadedPreset[];
  readonly broken: readonly BrokenPreset[];
}

/**
 * The presets of both folders, without the user's broken ones.
 *
 * @throws UserError for a folder that cannot be read
 */
export function loadPresets(env: NodeJS.ProcessEnv = process.env): LoadedPreset[] {
  return [...collectPresets(env).presets];
}

/**
 * The presets of both folders and what is wrong with the user's broken ones.
 *
 * @throws UserError for a folder that cannot be read
 */
export function collectPresets(env: NodeJS.ProcessEnv = process.env): PresetCollection {
  const builtIn = jsonFilesIn(builtInPresetsFolder)
    .filter((file) => !file.endsWith(".schema.json"))
    .map((file): LoadedPreset => ({ preset: readPreset(file), file, origin: "built-in" }));
  const user = readUserPresets(jsonFilesIn(userPresetsFolder(env)));
  const replaced = new Set(user.presets.map(({ preset }) => preset.id));
  const presets = [...builtIn.filter(({ preset }) => !replaced.has(preset.id)), ...user.presets];
  presets.sort((a, b) => a.preset.id.localeCompare(b.preset.id, "en"));
  return { presets, broken: user.broken };
}

function readUserPresets(files: readonly string[]): PresetCollection {
  const presets = new Map<string, LoadedPreset>();
  const broken: BrokenPreset[] = [];
  for (const file of files) {
    const preset = readOrError(file);
    if (preset instanceof UserError) {
      broken.push({ id: basename(file, ".json"), file, error: preset });
      continue;
    }
    const earlier = presets.get(preset.id);
    if (earlier === undefined) presets.set(preset.id, { preset, file, origin: "user" });
    else broken.push({ id: preset.id, file, error: idTaken(preset.id, file, earlier.file) });
  }
  return { presets: [...presets.values()], broken };
}

function readOrError(file: string): Preset | UserError {
  try {
    return readPreset(file);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function idTaken(id: string, file: string, earlier: string): UserError {
  return usageError(
    `${file}: id: "${id}" is taken by ${earlier}`,
    "Give each preset an id of its own.",
  );
}

function jsonFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw environmentError(
      "presets-unreadable",
      `cannot read the presets of ${folder}: ${message}`,
    );
  }
}
