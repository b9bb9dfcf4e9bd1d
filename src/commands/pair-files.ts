import { dirname } from "node:path";
import type { DrafterName } from "../drafter-choice.ts";
import type { PairOptions } from "../engine/pair.ts";
import { modelsFolder } from "../models/models-folder.ts";
import { resolveModelSource } from "../models/resolve-source.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { headSources, type ModelSource } from "../presets/preset.ts";
import type { Config } from "./config.ts";
import { type ModelValues, requireText } from "./model-options.ts";

/** What of a pair is loaded beside its target. */
export interface PairNeeds {
  readonly draft: boolean;
  readonly heads: boolean;
}

/** What drafters need. */
export function needsOf(drafters: readonly DrafterName[]): PairNeeds {
  return { draft: drafters.includes("draft"), heads: drafters.includes("heads") };
}

/**
 * The files of the pair that a configuration describes.
 *
 * @param loaded the preset in it
 * @param needs false for what nothing would use; left out, all is wanted
 * @throws UserError "model-not-pulled" where a preset's model has not been fetched
 */
export function pairFiles<V extends ModelValues>(
  { values, origins }: Config<V>,
  loaded: LoadedPreset | undefined,
  needs: PairNeeds = { draft: true, heads: true },
): Pick<PairOptions, "target" | "draft" | "heads"> {
  const folder = modelsFolder(requireText("--models-dir", values["models-dir"]));
  const fileOf = (role: "target" | "draft"): string | undefined => {
    const source = origins[role] === "preset" ? loaded?.preset[role] : undefined;
    if (loaded !== undefined && source !== undefined) return locate(source, loaded, folder);
    return values[role] === undefined ? undefined : requireText(`--${role}`, values[role]);
  };
  const target = requireText("--target", fileOf("target") ?? "");
  const draft = needs.draft ? fileOf("draft") : undefined;
  const heads = needs.heads ? headsFiles({ values, origins }, loaded, folder) : [];
  return {
    target,
    ...(draft !== undefined && { draft }),
    ...(heads.length > 0 && { heads }),
  };
}

function headsFiles<V extends ModelValues>(
  { values, origins }: Config<V>,
  loaded: LoadedPreset | undefined,
  folder: string,
): string[] {
  const given = [...new Set([values.heads ?? []].flat())];
  if (loaded === undefined || origins.heads !== "preset") {
    return given.map((file) => requireText("--heads", file));
  }
  return headSources(loaded.preset)
    .slice(0, given.length)
    .map((source) => locate(source, loaded, folder));
}

function locate(source: ModelSource, { preset, file }: LoadedPreset, folder: string): string {
  return resolveModelSource(source, {
    presetId: preset.id,
    presetFolder: dirname(file),
    modelsFolder: folder,
  });
}
