import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { BenchReport, Cell } from "../bench/report.ts";
import type { PairOptions } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { type LoadedPreset, loadPresets } from "../presets/load-presets.ts";
import { headSources, type ModelSource, type Preset, presetSchema } from "../presets/preset.ts";
import { userPresetsFolder } from "../presets/preset-folders.ts";
import { writePreset } from "../presets/write-preset.ts";
import type { Config } from "./config.ts";
import type { ModelValues } from "./model-options.ts";
import { looksLikeFile } from "./template-file.ts";
import type { TemplateValues } from "./template-options.ts";

/** Where a preset is to be kept. */
export interface PresetPlace {
  readonly id: string;
  readonly path: string;
}

/** What a preset is made of. */
export interface Tuned {
  /** Undefined for plain decoding. */
  readonly cell: Cell | undefined;
  readonly ngram: { readonly min: number; readonly max: number };
  readonly models: BenchReport["models"];
  readonly config: Config<ModelValues & TemplateValues & { readonly special: boolean }>;
  /** The preset that named the pair, if one did. */
  readonly preset: LoadedPreset | undefined;
  readonly files: Pick<PairOptions, "target" | "draft">;
}

/**
 * Where a preset of this name goes; nothing is written yet.
 *
 * @throws UserError for a name that is no id, or that the user has a preset of
 */
export function tunedPresetFile(name: string): PresetPlace {
  const id = presetSchema.shape.id.safeParse(name);
  if (!id.success) {
    throw usageError(
      `--save-preset ${name} is no name of a preset`,
      "Use lower-case letters, digits, dots and dashes.",
    );
  }
  const builtIn = loadPresets().some(
    ({ preset, origin }) => preset.id === name && origin === "built-in",
  );
  if (builtIn) {
    throw usageError(
      `there is a preset ${name} already: it comes with specdec`,
      "Choose another name: yours would stand in for it everywhere.",
    );
  }
  const path = join(userPresetsFolder(), `${name}.json`);
  if (existsSync(path)) {
    throw usageError(
      `there is a preset ${name} already: ${path}`,
      "Choose another name, or remove it.",
    );
  }
  return { id: name, path };
}

/** @throws UserError where it cannot be written */
export function saveTuned({ id, path }: PresetPlace, tuned: Tuned): void {
  const { config, preset, files, models } = tuned;
  const source = (role: "target" | "draft"): ModelSource | undefined => {
    const named = config.origins[role] === "preset" ? preset?.preset[role] : undefined;
    if (named !== undefined && preset !== undefined) return rooted(named, dirname(preset.file));
    const file = files[role];
    return file === undefined ? undefined : { path: resolve(file) };
  };
  const draft = source("draft");
  const heads = headsOf(tuned);
  const { context = 0 } = preset?.preset ?? {};
  const ctx = config.origins.ctx === "flag" ? Number(config.values.ctx) : context;
  writePreset(path, {
    id,
    description: `${models.target.file}, tuned by specdec tune`,
    target: source("target") as ModelSource,
    ...(draft !== undefined && { draft }),
    ...(heads.length > 0 && { heads }),
    ...(ctx > 0 && { context: ctx }),
    settings: { ...kept(tuned), ...settingsOf(tuned) },
    licence: preset?.preset.licence ?? "of the models' own",
    hardware: preset?.preset.hardware ?? "the machine that it was tuned on",
    ...(preset?.preset.prompts && {
      prompts: rootedPrompts(preset.preset.prompts, dirname(preset.file)),
    }),
  });
}

/** Heads are not tuned; those of the same target stay at hand. */
function headsOf({ config, preset }: Tuned): ModelSource[] {
  if (preset === undefined || config.origins.target !== "preset") return [];
  return headSources(preset.preset).map((each) => rooted(each, dirname(preset.file)));
}

/** A relative path counted from the other preset's folder. */
function rooted(source: ModelSource, folder: string): ModelSource {
  return "path" in source ? { ...source, path: resolve(folder, source.path) } : source;
}

function rootedPrompts(prompts: readonly string[], folder: string): string[] {
  return prompts.map((prompt) => (/[/\\.]/.test(prompt) ? resolve(folder, prompt) : prompt));
}

/** What a preset says beside drafting. */
function kept({ preset, config }: Tuned): NonNullable<Preset["settings"]> {
  const { temp, maxTokens } = preset?.preset.settings ?? {};
  const { raw, "chat-template": chatTemplate, "chat-template-kwargs": kwargs } = config.values;
  const { special, thinking } = config.values;
  return {
    ...(temp !== undefined && { temp }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(raw && { raw }),
    ...(special && { special }),
    ...(chatTemplate !== undefined && { chatTemplate: rootedTemplate(chatTemplate) }),
    ...(kwargs !== undefined && { chatTemplateKwargs: JSON.parse(kwargs) }),
    ...((thinking === "on" || thinking === "off") && { thinking }),
  };
}

/** A file by its own path. */
function rootedTemplate(name: string): string {
  return looksLikeFile(name) || existsSync(name) ? resolve(name) : name;
}

function settingsOf({ cell, ngram }: Tuned): NonNullable<Preset["settings"]> {
  if (cell === undefined) return { drafter: "none", draftLen: 0 };
  const { drafter, draftLen, topK, treeSize, pMin } = cell;
  return {
    ...{ drafter, draftLen, topK, treeSize, pMin },
    ...(drafter.includes("ngram") && { ngramMin: ngram.min, ngramMax: ngram.max }),
  };
}
