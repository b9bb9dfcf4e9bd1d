import { extname } from "node:path";
import { checkPair } from "../bench/checks.ts";
import { type Ends, timeCells } from "../bench/cost-model/time-cells.ts";
import { keptRunPath } from "../bench/kept-runs.ts";
import { type BenchPlan, planBench, planForEngine } from "../bench/plan.ts";
import { hasRawPrompts } from "../bench/prompt-kinds.ts";
import { preparePrompts } from "../bench/prompts/prepare-prompts.ts";
import type { BenchReport } from "../bench/report.ts";
import { openReportFile, type ReportFile } from "../bench/report-file.ts";
import { runBench } from "../bench/runner.ts";
import type { RoundTimes, TunablePair } from "../engine/pair.ts";
import { interrupted, type Remark, UserError, usageError } from "../errors.ts";
import { readHeads } from "../models/read-heads.ts";
import type { ReportFormat } from "../reports/formats.ts";
import { renderReport } from "../reports/render.ts";
import { type BenchDisplay, openDisplay } from "./bench-display.ts";
import { benchEnvironment } from "./bench-environment.ts";
import { BenchGate, regression } from "./bench-gate.ts";
import { type BenchFlags, type BenchValues, benchDefaults } from "./bench-options.ts";
import { needsOfSweep, settingsOf } from "./bench-settings.ts";
import { configure } from "./configure.ts";
import { openJobSummary, tellJob } from "./github-job.ts";
import { interruptible } from "./interruption.ts";
import { engineOptions, requireText } from "./model-options.ts";
import { printRendered } from "./output.ts";
import { pairFiles } from "./pair-files.ts";
import { benchValues } from "./preset-values.ts";
import { configText } from "./print-config.ts";
import { screen, unseenWidth } from "./screen.ts";
import { specialRemarks } from "./special-option.ts";
import { StatusLine } from "./status-line.ts";
import { checkBaselineRows, withBaselines } from "./with-baselines.ts";
import { withPair } from "./with-pair.ts";

/** Plans the sweep, runs it in an engine host, and prints and writes the report. */
export async function runBenchCommand(flags: BenchFlags): Promise<void> {
  const { config, preset, remarks } = configure<BenchValues>(flags, {
    defaults: benchDefaults,
    ofPreset: benchValues,
  });
  const notes: Remark[] = [];
  const onNote = (text: string) => notes.push({ level: "note", text });
  const sweep = settingsOf(config, preset?.preset, onNote);
  notes.push(...specialRemarks(config, hasRawPrompts(sweep.prompts, sweep.raw)));
  const engine = engineOptions(config.values);
  if (flags["print-config"]) {
    printRendered(configText(config, preset, configFormat(flags.format)));
    return;
  }
  const files = pairFiles(config, preset, needsOfSweep(sweep));
  const settings = { ...sweep, ...(files.heads && { heads: await readHeads(files.heads) }) };
  // A sweep that makes no sense fails before anything is loaded.
  const { cells } = planBench(settings);
  checkBaselineRows(settings, engine);
  // A tree has at most as many branches as tokens.
  const maxBranches = Math.max(...cells.map(({ treeSize }) => treeSize));
  const pairWanted = { ...engine, maxBranches, ...files };
  const fileFormat = flags.out === undefined ? "json" : formatOfFile(flags.out, flags.format);
  const gate = await BenchGate.open(flags);
  const summary = flags.github ? await openJobSummary(process.env) : undefined;
  const status = new StatusLine();
  for (const remark of [...remarks, ...notes]) status.tell(remark);
  const file = await reportFile(flags.out, pairWanted.target, (note) => status.tell(note));
  const write = async (report: BenchReport): Promise<void> =>
    file?.write(renderReport(report, fileFormat, fileTable));
  const report = await interruptible((signal, interruption) =>
    withPair(pairWanted, status, signal, async (pair) => {
      const { info } = pair;
      const environment = benchEnvironment(info);
      const plan = planForEngine(settings, info.engine);
      const skipTooLong = config.values["skip-too-long"];
      // Prompts that are left out may not be in the baseline either: that is checked later.
      if (!skipTooLong) gate?.checkPlan({ environment, info, plan });
      checkPair(info, plan.cells);
      const wanted = { plan, info, wanted: pairWanted };
      const bench = await withBaselines(wanted, status, signal, async (baselines) => {
        const display = await openDisplay({
          ...{ status, interruption, keepsResults: true },
          cells: plan.cells,
        });
        try {
          const ends = { signal, stop: interruption.stop };
          const ready = await readyPlan(pair, plan, { display, ends, skipTooLong });
          if (skipTooLong) gate?.checkPlan({ environment, info, plan: ready });
          const times = flags["no-cost-model"]
            ? undefined
            : await timesOf(pair, ready, { display, ends });
          return await runBench(pair, ready, {
            times,
            environment,
            baselines,
            ...ends,
            onProgress: (progress) => display.progress(progress),
            onReport: async (soFar) => {
              display.report(soFar);
              if (file?.replaces === true) await write(soFar);
            },
          });
        } finally {
          display.close();
        }
      });
      if (file?.replaces === false) await write(bench);
      return bench;
    }),
  );
  const format = flags.format ?? "table";
  if (report.finished || hasSamples(report)) {
    printRendered(
      renderReport(report, format, { ...screen(), categories: flags["by-category"] === true }),
    );
  }
  if (!report.finished) throw interrupted(whatIsKept(report, file));
  if (file?.replaces === true) status.print(`report: ${file.path}`);
  const outcome = await gate?.conclude(report);
  if (gate?.note !== undefined) status.print(gate.note);
  if (summary !== undefined) await tellJob(summary, report, outcome);
  if (outcome === undefined) return;
  for (const { text, hint } of outcome.warnings) status.print(`warning: ${text}`, hint);
  if (outcome.findings.length > 0) throw regression(outcome);
  status.print(`gate: not worse than ${outcome.file}`);
}

/**
 * The plan with prompts that can run as they are.
 *
 * @throws UserError where they do not fit, and where it was stopped
 */
async function readyPlan(
  pair: TunablePair,
  plan: BenchPlan,
  options: { readonly display: BenchDisplay; readonly ends: Ends; readonly skipTooLong: boolean },
): Promise<BenchPlan> {
  const { display, ends, skipTooLong } = options;
  const onStep = (text: string) => display.step(text);
  const prepared = await preparePrompts(pair, plan, { ...ends, skipTooLong, onStep });
  if (prepared === undefined) throw interrupted();
  return {
    ...plan,
    settings: { ...plan.settings, prompts: [...prepared.prompts] },
    warnings: [...plan.warnings, ...prepared.warnings],
  };
}

/** What the parts of a round take; undefined, with a note, where the context has no room to tell. */
async function timesOf(
  pair: TunablePair,
  plan: BenchPlan,
  { display, ends }: { readonly display: BenchDisplay; readonly ends: Ends },
): Promise<RoundTimes | undefined> {
  if (plan.cells.every(({ method }) => method !== "speculative")) return undefined;
  display.step("timing batches");
  try {
    return await timeCells(pair, plan.cells, ends);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "batch-too-large") throw error;
    display.print(`note: nothing is predicted: ${error.message}`);
    return undefined;
  }
}

/** The file that --out names, or one among the kept runs; undefined where none is wanted. */
async function reportFile(
  out: string | undefined,
  target: string,
  onNote: (note: Remark) => void,
): Promise<ReportFile | undefined> {
  if (out === "none") return undefined;
  if (out !== undefined) return openReportFile(requireText("--out", out));
  try {
    return await openReportFile(await keptRunPath(target, new Date()));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = `the report is not kept: ${error.message}`;
    onNote({ level: "note", text, hint: "Name a file with --out." });
    return undefined;
  }
}

function configFormat(format: ReportFormat | undefined): "table" | "json" {
  if (format === undefined || format === "table" || format === "json") return format ?? "table";
  throw usageError("--print-config prints a table or json", "Leave --format out, or take json.");
}

const formatsByEnding: Readonly<Record<string, ReportFormat>> = {
  ".json": "json",
  ".md": "markdown",
  ".csv": "csv",
};

/** @throws UserError for an ending that says nothing, where no --format does */
function formatOfFile(path: string, format: ReportFormat | undefined): ReportFormat {
  const ending = extname(path).toLowerCase();
  const found = formatsByEnding[ending] ?? format;
  if (found !== undefined || ending === "") return found ?? "json";
  throw usageError(
    `--out ${path} ends in none of ${Object.keys(formatsByEnding).join(", ")}`,
    "Name the file with one of them, or say which format it has with --format.",
  );
}

const fileTable = { width: unseenWidth, color: false };

function hasSamples(report: BenchReport): boolean {
  return report.cells.some(({ samples }) => samples.length > 0);
}

function whatIsKept(report: BenchReport, file: ReportFile | undefined): string | undefined {
  if (!hasSamples(report)) return undefined;
  return file === undefined
    ? "The table holds what was finished."
    : `The table and ${file.path} hold what was finished.`;
}
