import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { usageError } from "../errors.ts";
import { findPreset } from "../presets/find-preset.ts";
import { headSources } from "../presets/preset.ts";
import { findStoredFile, resolveModelSource } from "./resolve-source.ts";
import { isModelUri } from "./split-name.ts";

/** A role in a pair. */
export type Role = "target" | "draft" | "heads";

/**
 * The file that a name on the command line stands for: `PRESET:target`, `PRESET:draft` or
 * `PRESET:heads` (the first of several), a URI that
 * was fetched, a name in the models folder, or a path.
 *
 * @throws UserError for an unknown preset, one without such a model, and a model that is not there
 */
export function namedFile(name: string, folder: string): string {
  if (existsSync(name)) return name;
  const [, preset, role] = /^(.+):(target|draft|heads)$/.exec(name) ?? [];
  if (preset !== undefined) return presetFile(preset, role as Role, folder);
  const stored = isModelUri(name) ? findStoredFile(name, folder) : join(folder, name);
  return stored !== undefined && existsSync(stored) ? stored : name;
}

/**
 * The file of one model of a preset.
 *
 * @throws UserError for an unknown preset, one without such a model, and a model that is not there
 */
export function presetFile(nameOrPath: string, role: Role, folder: string): string {
  const { preset, file } = findPreset(nameOrPath);
  const source = role === "heads" ? headSources(preset)[0] : preset[role];
  if (source === undefined) {
    throw role === "heads"
      ? usageError(`the preset ${preset.id} has no draft heads`, "Name a file of heads.")
      : usageError(`the preset ${preset.id} has no ${role} model`, "Name two models.");
  }
  return resolveModelSource(source, {
    presetId: preset.id,
    presetFolder: dirname(file),
    modelsFolder: folder,
  });
}
