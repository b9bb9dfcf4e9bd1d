import { type AxisOptions, parseAxis } from "../bench/axes.ts";
import { planBench } from "../bench/plan.ts";
import { hasRawPrompts } from "../bench/prompt-kinds.ts";
import { preparePrompts } from "../bench/prompts/prepare-prompts.ts";
import type { BenchSettings } from "../bench/report.ts";
import { recommend } from "../bench/tune/recommend.ts";
import { tuneCells } from "../bench/tune/tune-cells.ts";
import { type TuneResult, tune } from "../bench/tune/tuner.ts";
import { defaultTypical } from "../decoding/typical-acceptance.ts";
import { draftersOf } from "../drafter-choice.ts";
import { interrupted, type Remark, usageError } from "../errors.ts";
import { maxDraftLength, maxRepetitions, maxTokensLimit, maxTopK } from "../limits.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { commandLine } from "../reports/tune-advice.ts";
import { isAdvised, renderTune } from "../reports/tune-report.ts";
import { openDisplay } from "./bench-display.ts";
import { benchEnvironment } from "./bench-environment.ts";
import { needsOfSweep, promptSettings } from "./bench-settings.ts";
import type { Config } from "./config.ts";
import { configure } from "./configure.ts";
import {
  checkDrafters,
  draftingSettings,
  parseDrafter,
  pMinRange,
  treeSizeRange,
} from "./drafting.ts";
import { draftingDefaults } from "./drafting-options.ts";
import { interruptible } from "./interruption.ts";
import { engineOptions } from "./model-options.ts";
import { parseNumber } from "./numbers.ts";
import { printRendered } from "./output.ts";
import { pairFiles } from "./pair-files.ts";
import { pairFlags } from "./pair-flags.ts";
import { tuneValues } from "./preset-values.ts";
import { configText } from "./print-config.ts";
import { parseSeed, samplerDefaults, samplerSettings } from "./sampler-options.ts";
import { screen } from "./screen.ts";
import { specialRemarks } from "./special-option.ts";
import { StatusLine } from "./status-line.ts";
import { templateSettings } from "./template-settings.ts";
import { type TuneFlags, type TuneValues, tuneDefaults } from "./tune-options.ts";
import { saveTuned, tunedPresetFile } from "./tuned-preset.ts";
import { withPair } from "./with-pair.ts";

/** Settings that are measured beside plain. */
const confirmed = 3;
/** Its result has fewer columns than a report. */
const unseenTuneWidth = 100;

/** Tunes a pair in an engine host, prints what was found, and keeps it where that is wanted. */
export async function runTuneCommand(flags: TuneFlags): Promise<void> {
  const { config, preset, remarks } = configure<TuneValues>(flags, {
    defaults: tuneDefaults,
    ofPreset: tuneValues,
  });
  const notes: Remark[] = [];
  const onNote = (text: string) => notes.push({ level: "note", text });
  const settings = settingsOf(config, preset, onNote);
  notes.push(...specialRemarks(config, hasRawPrompts(settings.prompts, settings.raw)));
  const engine = engineOptions(config.values);
  if (flags["print-config"]) {
    printRendered(configText(config, preset, "table"));
    return;
  }
  const cells = tuneCells(settings);
  if (cells.length === 0) throw nothingToTry();
  // A tree has at most as many branches as tokens.
  const maxBranches = Math.max(...cells.map(({ treeSize }) => treeSize));
  const pairWanted = {
    ...engine,
    maxBranches,
    ...pairFiles(config, preset, needsOfSweep(settings)),
  };
  const name = flags["save-preset"];
  const file = name === undefined ? undefined : tunedPresetFile(name);
  const status = new StatusLine();
  for (const remark of [...remarks, ...notes, ...warmRemarks(preset)]) status.tell(remark);
  const result = await interruptible((signal, interruption) =>
    withPair(pairWanted, status, signal, async (pair) => {
      const display = await openDisplay({
        ...{ status, interruption, keepsResults: false },
        ...{ cells, rows: [] },
      });
      try {
        const hooks = {
          ...{ signal, stop: interruption.stop },
          onStep: (step: string) => display.step(step),
        };
        const prepared = await preparePrompts(pair, planBench(settings), {
          ...hooks,
          skipTooLong: config.values["skip-too-long"],
        });
        if (prepared === undefined) return undefined;
        for (const { text, hint } of prepared.warnings) {
          display.print(`warning: ${text}`);
          display.print(`hint: ${hint}`);
        }
        return await tune(
          pair,
          { settings: { ...settings, prompts: [...prepared.prompts] }, maxBranches, confirmed },
          {
            ...hooks,
            environment: benchEnvironment(pair.info),
            onProgress: (progress) => display.progress(progress),
            onReport: (report) => display.report(report),
          },
        );
      } finally {
        display.close();
      }
    }),
  );
  if (result === undefined) throw interrupted();
  const named = pairFlags(config, preset);
  printRendered(renderTune(result, { ...screen(unseenTuneWidth), pairFlags: named }));
  if (file !== undefined && !isAdvised(result)) {
    status.print("warning: no preset was saved, since nothing is advised");
  } else if (file !== undefined) {
    saveTuned(file, { ...tuned(result), config, preset, files: pairWanted });
    const again = commandLine(["specdec", "generate", "--preset", file.id, "…"]);
    status.print(`preset: ${file.path}`, `Use it with ${again}`);
  }
}

function tuned({ report }: TuneResult) {
  return { cell: recommend(report).cell, ngram: report.plan.ngram, models: report.models };
}

/** @throws UserError for a value out of its range and for prompts that cannot be read */
function settingsOf(
  config: Config<TuneValues>,
  preset: LoadedPreset | undefined,
  onNote: (note: string) => void,
): BenchSettings {
  const { values, origins } = config;
  const drafters = [...new Set(values.drafter.map(parseDrafter))];
  if (values.heads !== undefined || drafters.flatMap(draftersOf).includes("heads")) {
    throw headsUntuned();
  }
  const axis = (option: "draft-len" | "top-k" | "p-min", range: Omit<AxisOptions, "name">) =>
    parseAxis(values[option], { name: `--${option}`, ...range });
  const draftLengths = axis("draft-len", { min: 1, max: maxDraftLength });
  const hasDraft = values.draft !== undefined;
  const hasHeads = false;
  checkDrafters({ choices: drafters, lengths: draftLengths, hasDraft, hasHeads, origins });
  const { temperature: _, ...sampler } = samplerSettings(samplerDefaults);
  const wholeNumber = (option: "max-tokens" | "reps", max: number): number =>
    parseNumber(values[option], { name: `--${option}`, min: 1, max, whole: true });
  const maxTokens = wholeNumber("max-tokens", maxTokensLimit);
  const seed = parseSeed(values.seed);
  const maxTokensFrom = origins["max-tokens"];
  return {
    preset: preset?.preset.id ?? null,
    ...(preset !== undefined && { presetDescription: preset.preset.description }),
    drafters,
    draftLengths,
    topKs: axis("top-k", { min: 0, max: maxTopK }),
    treeSizes:
      origins["tree-size"] === "default" ? null : parseAxis(values["tree-size"], treeSizeRange),
    pMins: parseAxis(values["p-min"], { ...pMinRange, fractions: true }),
    accept: "exact",
    typical: defaultTypical,
    ngram: ngramOf(config, drafters.flatMap(draftersOf)),
    temperatures: [0],
    sampler,
    maxTokens,
    stopTexts: [],
    repetitions: wholeNumber("reps", maxRepetitions),
    warmup: 1,
    seed,
    ...promptSettings({ values, seed, maxTokens, maxTokensFrom, onNote }),
    ...templateSettings(config),
  };
}

function ngramOf(
  { values, origins }: Config<TuneValues>,
  drafters: Parameters<typeof draftingSettings>[1],
): BenchSettings["ngram"] {
  const unsaid = {
    accept: "default",
    "typical-epsilon": "default",
    "typical-delta": "default",
  } as const;
  const config = { values: { ...draftingDefaults, ...values }, origins: { ...unsaid, ...origins } };
  return draftingSettings(config, drafters).ngram;
}

function warmRemarks(preset: LoadedPreset | undefined): Remark[] {
  const temp = preset?.preset.settings?.temp ?? 0;
  if (temp <= 0) return [];
  return [
    {
      level: "note",
      text: `tune works at temperature 0, and the preset's is ${temp}, where less is accepted`,
      hint: `Try what it finds with specdec bench --temp ${temp}.`,
    },
  ];
}

function headsUntuned(): Error {
  return usageError(
    "tune does not replay draft heads: what they propose depends on the target's states",
    "Measure them with specdec bench --heads FILE, at several draft lengths and tree sizes.",
  );
}

function nothingToTry(): Error {
  return usageError(
    "these axes have no setting that can be replayed",
    "Lookup drafts chains here: give --top-k 1 among the values, or --drafter draft.",
  );
}
