import { type AxisOptions, parseAxis, parseAxisWithWord } from "../bench/axes.ts";
import { checkSpecialPrompts, hasRawPrompts } from "../bench/prompt-kinds.ts";
import type { BenchSettings } from "../bench/report.ts";
import { draftersOf } from "../drafter-choice.ts";
import { usageError } from "../errors.ts";
import {
  fewestCheckTexts,
  maxCheckTexts,
  maxRepetitions,
  maxTemperature,
  maxTokensLimit,
  maxTopK,
} from "../limits.ts";
import type { Preset } from "../presets/preset.ts";
import type { BenchValues } from "./bench-options.ts";
import type { Config } from "./config.ts";
import {
  checkDrafters,
  draftingSettings,
  draftLengthRange,
  parseDrafter,
  pMinRange,
  treeSizeRange,
} from "./drafting.ts";
import { parseDuration } from "./durations.ts";
import { parseNumber } from "./numbers.ts";
import { needsOf, type PairNeeds } from "./pair-files.ts";
import { type PromptWishes, promptsOf } from "./prompt-options.ts";
import { parseSeed, samplerSettings } from "./sampler-options.ts";
import { parseShare } from "./shares.ts";
import { templateSettings } from "./template-settings.ts";

/**
 * The sweep that a configuration describes.
 *
 * @param onNote is told what is remarkable about the prompts
 * @throws UserError for a value out of its range and for prompts that cannot be read
 */
export function settingsOf(
  config: Config<BenchValues>,
  preset: Preset | undefined,
  onNote: (note: string) => void,
): BenchSettings {
  const { values, origins } = config;
  const temperatures = parseAxis(values.temp, {
    name: "--temp",
    min: 0,
    max: maxTemperature,
    fractions: true,
  });
  const { temperature: _, ...sampler } = samplerSettings({ ...values, temp: "0" });
  const wholeNumber = (text: string, name: string, min: number, max: number): number =>
    parseNumber(text, { name, min, max, whole: true });
  const maxTokens = wholeNumber(values["max-tokens"], "--max-tokens", 1, maxTokensLimit);
  const seed = parseSeed(values.seed);
  const maxTokensFrom = origins["max-tokens"];
  return {
    preset: preset?.id ?? null,
    ...(preset !== undefined && { presetDescription: preset.description }),
    ...draftingAxes(config),
    temperatures,
    sampler,
    maxTokens,
    stopTexts: [],
    ...runLimits(values),
    ...distributionCheck(values, temperatures),
    repetitions: wholeNumber(values.reps, "--reps", 1, maxRepetitions),
    warmup: wholeNumber(values.warmup, "--warmup", 0, 100),
    ...(!values["no-confirm"] && { confirm: true }),
    seed,
    ...promptSettings({ values, seed, maxTokens, maxTokensFrom, onNote }),
    ...templateSettings(config),
  };
}

/**
 * The prompts and how they go in.
 *
 * @throws UserError for prompts that cannot be read, and for one that contradicts itself
 */
export function promptSettings(
  wishes: PromptWishes & { readonly values: Pick<BenchValues, "raw" | "special"> },
): Pick<BenchSettings, "prompts" | "raw" | "special"> {
  const { raw, special } = wishes.values;
  const prompts = promptsOf(wishes);
  checkSpecialPrompts(prompts, raw);
  const acts = special && hasRawPrompts(prompts, raw);
  return { raw, ...(acts && { special }), prompts };
}

/** @throws UserError for a value out of its range */
function runLimits(values: BenchValues) {
  const {
    aa,
    "baseline-rows": baselineRows,
    "until-ci": untilCi,
    "time-budget": timeBudget,
  } = values;
  return {
    ...(aa && { aa }),
    ...(baselineRows && { baselineRows }),
    ...(untilCi !== undefined && {
      untilCi: parseShare(untilCi, { name: "--until-ci", above: 0, max: 1 }),
    }),
    ...(timeBudget !== undefined && { timeBudgetMs: parseDuration(timeBudget, "--time-budget") }),
  };
}

/** @throws UserError where there is nothing to check, and for a value out of its range */
function distributionCheck(
  { "check-distribution": checkDistribution, "check-texts": texts }: BenchValues,
  temperatures: readonly number[],
): Pick<BenchSettings, "checkDistribution" | "checkTexts"> {
  if (!checkDistribution) {
    if (texts === undefined) return {};
    throw usageError(
      "--check-texts needs --check-distribution",
      "It says how many texts that check draws of each cell. Give both, or neither.",
    );
  }
  if (temperatures.every((temp) => temp <= 0)) {
    throw usageError(
      "--check-distribution needs a temperature above 0",
      "At temperature 0 every token is compared with plain's anyway. Give --temp 0.8, say.",
    );
  }
  if (texts === undefined) return { checkDistribution };
  const range = { name: "--check-texts", min: fewestCheckTexts, max: maxCheckTexts, whole: true };
  return { checkDistribution, checkTexts: parseNumber(texts, range) };
}

/** @throws UserError for a value out of its range, and for values that contradict each other */
function draftingAxes(config: Config<BenchValues>) {
  const { values, origins } = config;
  const drafters = [...new Set(values.drafter.map(parseDrafter))];
  const draftLengths = parseAxisWithWord(values["draft-len"], draftLengthRange);
  const hasDraft = values.draft !== undefined;
  const hasHeads = values.heads !== undefined && values.heads.length > 0;
  checkDrafters({ choices: drafters, lengths: draftLengths, hasDraft, hasHeads, origins });
  const topKs = parseUnlessDefault(config, "top-k", { name: "--top-k", min: 0, max: maxTopK });
  return {
    drafters,
    draftLengths,
    topKs,
    treeSizes: parseUnlessDefault(config, "tree-size", treeSizeRange),
    pMins: parseAxis(values["p-min"], { ...pMinRange, fractions: true }),
    ...draftingSettings(config, drafters.flatMap(draftersOf)),
  };
}

/** The default of these follows other axes. */
function parseUnlessDefault(
  { values, origins }: Config<BenchValues>,
  option: "top-k" | "tree-size",
  range: AxisOptions,
): number[] | null {
  return origins[option] === "default" ? null : parseAxis(values[option], range);
}

/** What a sweep needs beside its target. */
export function needsOfSweep({ drafters }: BenchSettings): PairNeeds {
  return needsOf(drafters.flatMap(draftersOf));
}
