import { dirname } from "node:path";
import type { PairOptions } from "../engine/pair.ts";
import { modelsFolder } from "../models/models-folder.ts";
import { resolveModelSource } from "../models/resolve-source.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import type { ModelSource } from "../presets/preset.ts";
import type { Config } from "./config.ts";
import { type ModelValues, requireText } from "./model-options.ts";

/**
 * The files of the pair that a configuration describes.
 *
 * @param loaded the preset in it
 * @param needsDraft false where nothing would use the draft model
 * @throws UserError "model-not-pulled" where a preset's model has not been fetched
 */
export function pairFiles<V extends ModelValues>(
  { values, origins }: Config<V>,
  loaded: LoadedPreset | undefined,
  needsDraft = true,
): Pick<PairOptions, "target" | "draft"> {
  const folder = modelsFolder(requireText("--models-dir", values["models-dir"]));
  const fileOf = (role: "target" | "draft"): string | undefined => {
    const source = origins[role] === "preset" ? loaded?.preset[role] : undefined;
    if (loaded !== undefined && source !== undefined) return locate(source, loaded, folder);
    return values[role] === undefined ? undefined : requireText(`--${role}`, values[role]);
  };
  const target = requireText("--target", fileOf("target") ?? "");
  const draft = needsDraft ? fileOf("draft") : undefined;
  return { target, ...(draft !== undefined && { draft }) };
}

function locate(source: ModelSource, { preset, file }: LoadedPreset, folder: string): string {
  return resolveModelSource(source, {
    presetId: preset.id,
    presetFolder: dirname(file),
    modelsFolder: folder,
  });
}
