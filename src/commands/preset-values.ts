import { dirname, resolve } from "node:path";
import { suiteFile } from "../bench/prompt-suites.ts";
import { sourceText } from "../models/resolve-source.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import type { Preset } from "../presets/preset.ts";
import type { BenchValues } from "./bench-options.ts";
import type { ChatValues } from "./chat-options.ts";
import type { Layer } from "./config.ts";
import type { GenerateValues } from "./generate-options.ts";
import type { ModelValues } from "./model-options.ts";
import type { TuneValues } from "./tune-options.ts";

/** What a preset says of the pair. */
function pairValues({ preset, file }: LoadedPreset): Layer<ModelValues>["values"] {
  const folder = dirname(file);
  return {
    target: sourceText(preset.target, folder),
    draft: preset.draft && sourceText(preset.draft, folder),
    ctx: asText(preset.context),
  };
}

/** What a preset says to `generate`. */
export function generateValues(loaded: LoadedPreset): Layer<GenerateValues>["values"] {
  const { settings = {} } = loaded.preset;
  const { drafter, draftLen, topK, treeSize, pMin, temp, maxTokens, raw } = settings;
  return {
    ...pairValues(loaded),
    ...draftingValues(settings),
    drafter,
    "draft-len": asText(draftLen),
    "top-k": asText(topK),
    "tree-size": asText(treeSize),
    "p-min": asText(pMin),
    temp: asText(temp),
    "max-tokens": asText(maxTokens),
    raw,
  };
}

/** What a preset says to `chat`. */
export function chatValues(loaded: LoadedPreset): Layer<ChatValues>["values"] {
  return generateValues(loaded);
}

/** What a preset says of drafting to every command. */
function draftingValues(settings: NonNullable<Preset["settings"]>) {
  return {
    accept: settings.accept,
    "typical-epsilon": asText(settings.typicalEpsilon),
    "typical-delta": asText(settings.typicalDelta),
    "ngram-min": asText(settings.ngramMin),
    "ngram-max": asText(settings.ngramMax),
  };
}

/** What a preset says to `bench`: its sweep, and its settings where the sweep has no axis for them. */
export function benchValues(loaded: LoadedPreset): Layer<BenchValues>["values"] {
  const { sweep = {}, settings = {}, prompts } = loaded.preset;
  return {
    ...pairValues(loaded),
    ...draftingValues(settings),
    drafter: sweep.drafter ?? (settings.drafter === undefined ? undefined : [settings.drafter]),
    "draft-len": sweep.draftLen,
    "top-k": sweep.topK ?? asText(settings.topK),
    "tree-size": sweep.treeSize ?? asText(settings.treeSize),
    "p-min": sweep.pMin ?? asText(settings.pMin),
    temp: sweep.temp ?? asText(settings.temp),
    "max-tokens": asText(sweep.maxTokens),
    reps: asText(sweep.reps),
    raw: settings.raw,
    prompts: prompts?.map((prompt) => promptFile(prompt, dirname(loaded.file))),
  };
}

/** What a preset says to `tune`: the pair and what it is tried on, but none of its settings. */
export function tuneValues(loaded: LoadedPreset): Layer<TuneValues>["values"] {
  const { sweep = {}, settings = {}, prompts } = loaded.preset;
  return {
    ...pairValues(loaded),
    "ngram-min": asText(settings.ngramMin),
    "ngram-max": asText(settings.ngramMax),
    "max-tokens": asText(sweep.maxTokens),
    raw: settings.raw,
    prompts: prompts?.map((prompt) => promptFile(prompt, dirname(loaded.file))),
  };
}

/** A suite's file by its own path, so that nothing in the working folder can stand in for it. */
function promptFile(prompt: string, folder: string): string {
  return /[/\\.]/.test(prompt) ? resolve(folder, prompt) : suiteFile(prompt);
}

function asText(value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
