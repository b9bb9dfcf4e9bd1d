import { resolve } from "node:path";
import { type UserError, usageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { collectPresets, type LoadedPreset, type PresetCollection } from "./load-presets.ts";
import { readPreset } from "./read-preset.ts";

/** The pair that runs where none is named: small enough to come with specdec. */
export const defaultPresetId = "python-tiny";

/**
 * The preset that a command line names: a path where it has a slash or ends in .json, an id
 * otherwise.
 *
 * @throws UserError for a file that is no preset, for an unknown id with those that there are, and
 *   for a broken user preset with what is wrong with it
 */
export function findPreset(nameOrPath: string, env: NodeJS.ProcessEnv = process.env): LoadedPreset {
  if (/[/\\]|\.json$/i.test(nameOrPath)) {
    const file = resolve(nameOrPath);
    return { preset: readPreset(file), file, origin: "path" };
  }
  return presetOfId(nameOrPath, collectPresets(env));
}

function presetOfId(id: string, { presets, broken }: PresetCollection): LoadedPreset {
  // Before the built-in one that it was meant to stand in for.
  const fault = broken.find((each) => each.id === id);
  if (fault !== undefined) throw fault.error;
  const found = presets.find(({ preset }) => preset.id === id);
  if (found !== undefined) return found;
  throw unknownPreset(
    id,
    presets.map(({ preset }) => preset.id),
  );
}

function unknownPreset(id: string, known: readonly string[]): UserError {
  const meant = nearest(id, known);
  const guess = meant === undefined ? "" : `Did you mean ${meant}? `;
  return usageError(
    `there is no preset ${id}`,
    `${guess}There are ${known.join(", ")}; a file is named with its path: ./${id}.json`,
  );
}
