import { dirname, resolve } from "node:path";
import { suiteFile } from "../bench/prompt-suites.ts";
import { type DrafterChoice, draftersOf } from "../drafter-choice.ts";
import { sourceText } from "../models/resolve-source.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { headSources, type Preset } from "../presets/preset.ts";
import type { BenchValues } from "./bench-options.ts";
import type { ChatValues } from "./chat-options.ts";
import type { PairFlags } from "./choose-preset.ts";
import type { Layer } from "./config.ts";
import type { GenerateValues } from "./generate-options.ts";
import type { ModelValues } from "./model-options.ts";
import { looksLikeFile } from "./template-file.ts";
import type { TuneValues } from "./tune-options.ts";

/** What a preset says of target and draft. */
function pairValues({ preset, file }: LoadedPreset): Layer<Omit<ModelValues, "heads">>["values"] {
  const folder = dirname(file);
  return {
    target: sourceText(preset.target, folder),
    draft: preset.draft && sourceText(preset.draft, folder),
    ctx: asText(preset.context),
  };
}

/** The files of draft heads that a preset names, to show. */
function headsTexts({ preset, file }: LoadedPreset): readonly string[] | undefined {
  const sources = headSources(preset);
  if (sources.length === 0) return undefined;
  return sources.map((source) => sourceText(source, dirname(file)));
}

/**
 * What a preset says to `generate`. Who names draft heads wants them to draft, whatever the preset
 * has draft for its own pair.
 */
export function generateValues(
  loaded: LoadedPreset,
  flags: PairFlags = {},
): Layer<GenerateValues>["values"] {
  const { settings = {} } = loaded.preset;
  const { drafter, draftLen, topK, treeSize, pMin, temp, maxTokens } = settings;
  return {
    ...pairValues(loaded),
    ...draftingValues(settings),
    heads: headsTexts(loaded)?.[0],
    drafter: flags.heads === undefined || asksHeads(drafter) ? drafter : undefined,
    "draft-len": asText(draftLen),
    "top-k": asText(topK),
    "tree-size": asText(treeSize),
    "p-min": asText(pMin),
    temp: asText(temp),
    "max-tokens": asText(maxTokens),
    ...templateValues(loaded, flags),
    special: settings.special,
  };
}

/** What a preset says to `chat`. */
export function chatValues(
  loaded: LoadedPreset,
  flags: PairFlags = {},
): Layer<ChatValues>["values"] {
  return generateValues(loaded, flags);
}

function asksHeads(drafter: DrafterChoice | undefined): boolean {
  return drafter !== undefined && draftersOf(drafter).includes("heads");
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

/** What a preset says of chat templates; --raw or an option of the template takes its place. */
function templateValues({ preset, file }: LoadedPreset, flags: PairFlags) {
  const { raw, chatTemplate, chatTemplateKwargs: kwargs, thinking } = preset.settings ?? {};
  if (flags.raw === true) return {};
  const given = [flags["chat-template"], flags["chat-template-kwargs"], flags.thinking];
  return {
    raw: given.some((value) => value !== undefined) ? undefined : raw,
    "chat-template": chatTemplate && templateName(chatTemplate, dirname(file)),
    "chat-template-kwargs": kwargs && JSON.stringify(kwargs),
    thinking,
  };
}

/** A file by its own path. */
function templateName(name: string, folder: string): string {
  return looksLikeFile(name) ? resolve(folder, name) : name;
}

/**
 * What a preset says to `bench`: its sweep, and its settings where the sweep has no axis for them.
 * Draft heads that are named beside it join what it has draft.
 */
export function benchValues(
  loaded: LoadedPreset,
  flags: PairFlags = {},
): Layer<BenchValues>["values"] {
  const { sweep = {}, settings = {}, prompts } = loaded.preset;
  const drafters = sweep.drafter ?? (settings.drafter === undefined ? [] : [settings.drafter]);
  const joins = flags.heads !== undefined && drafters.length > 0 && !drafters.some(asksHeads);
  return {
    ...pairValues(loaded),
    ...draftingValues(settings),
    heads: headsTexts(loaded),
    drafter: drafters.length === 0 ? undefined : [...drafters, ...(joins ? ["heads"] : [])],
    "draft-len": sweep.draftLen,
    "top-k": sweep.topK ?? asText(settings.topK),
    "tree-size": sweep.treeSize ?? asText(settings.treeSize),
    "p-min": sweep.pMin ?? asText(settings.pMin),
    temp: sweep.temp ?? asText(settings.temp),
    "max-tokens": asText(sweep.maxTokens),
    reps: asText(sweep.reps),
    ...templateValues(loaded, flags),
    special: settings.special,
    prompts: prompts?.map((prompt) => promptFile(prompt, dirname(loaded.file))),
  };
}

/** What a preset says to `tune`: the pair and what it is tried on, but none of its settings. */
export function tuneValues(
  loaded: LoadedPreset,
  flags: PairFlags = {},
): Layer<TuneValues>["values"] {
  const { sweep = {}, settings = {}, prompts } = loaded.preset;
  return {
    ...pairValues(loaded),
    "ngram-min": asText(settings.ngramMin),
    "ngram-max": asText(settings.ngramMax),
    "max-tokens": asText(sweep.maxTokens),
    ...templateValues(loaded, flags),
    special: settings.special,
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
