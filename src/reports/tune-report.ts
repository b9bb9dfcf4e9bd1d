import { relativeCost, targetStepMs } from "../bench/cost-model/costs.ts";
import { explain } from "../bench/cost-model/explain.ts";
import { marginOf } from "../bench/noise.ts";
import { rateOf } from "../bench/rate-of.ts";
import type { CellReport } from "../bench/report.ts";
import { bestOfEach, type Prediction } from "../bench/tune/predict.ts";
import { recommend } from "../bench/tune/recommend.ts";
import type { TuneResult } from "../bench/tune/tuner.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { type Colours, coloursFor } from "./colours.ts";
import { doubt } from "./conclusion.ts";
import { formatCount, formatInterval, formatRate, formatRatio, noNumber } from "./format.ts";
import { headingOf } from "./heading.ts";
import { draftLenText } from "./labels.ts";
import { groupWarnings, noticeLines } from "./notices.ts";
import {
  commandLine,
  draftingFlags,
  nodeLlamaCppCaveats,
  nodeLlamaCppLines,
} from "./tune-advice.ts";
import { heatMaps } from "./tune-heat-map.ts";
import { wrap } from "./wrap.ts";

/** How a tuning is shown. */
export interface TuneReportOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Flags that name the pair and how it runs, for the command at the end. */
  readonly pairFlags: readonly string[];
}

/** What a tuning found: costs, the predicted surface, what was measured, and the advice. */
export function renderTune(found: TuneResult, options: TuneReportOptions): string {
  const result = visibleStrings(found);
  const colours = coloursFor(options.color);
  const { width } = options;
  const parts = [
    headingOf(result.report).map(([name, text]) => `${colours.dim(name.padEnd(9))}${text}`),
    [recordedText(result), costText(result)].flatMap((text) => wrap(text, width)),
    [
      ...wrap("Predicted speedup over plain, with the tree size and p-min that suit best:", width),
      "",
      ...heatMaps(result.predictions, width, colours).slice(0, -1),
    ],
    measuredLines(result, colours),
    noticeLines(groupWarnings([...result.costWarnings, ...result.report.warnings]), width, colours),
    wrap(conclusionText(result), width).map(colours.bold),
    isAdvised(result) ? adviceLines(result, options) : [],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(""))
    .join("\n");
}

function recordedText({ recorded, report, predictions }: TuneResult): string {
  const { tokens, tokensPerSecond } = recorded;
  return (
    `Recorded ${formatCount(report.plan.prompts.length, "prompt")}, ${tokens} tokens, at ` +
    `${formatRate(tokensPerSecond)} tokens/s plainly, and replayed ${formatCount(predictions.length, "setting")}.`
  );
}

function costText({ costs }: TuneResult): string {
  const { target, draft } = costs;
  const batches = target
    .filter(({ tokens }) => tokens > 1)
    .map(({ tokens }) => `${tokens}: ${relativeCost(costs, tokens).toFixed(2)}`);
  const step = targetStepMs(costs);
  const drafting =
    draft === undefined ? "" : `; a draft step ${(draft.stepMs / step).toFixed(2)} of one`;
  return `A target step takes ${step.toFixed(2)} ms, and batches so many steps: ${batches.join(", ")}${drafting}.`;
}

function measuredLines({ report, predictions }: TuneResult, colours: Colours): string[] {
  const { prompts, repetitions } = report.plan;
  const rows = report.cells.map((cell) => [
    settingText(cell),
    cell.method === "plain" ? noNumber : formatRatio(predictionOf(predictions, cell)?.speedup ?? 0),
    cell.summary?.speedup ? formatInterval(cell.summary.speedup) : noNumber,
    cell.summary?.tokensPerSecond ? formatRate(rateOf(cell.summary.tokensPerSecond)) : noNumber,
  ]);
  const all = [["setting", "predicted", "measured", "tokens/s"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => (row[column] as string).length)),
  );
  const lines = all.map((row) =>
    row
      .map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join("  "),
  );
  const over = `${formatCount(prompts.length, "prompt")} × ${formatCount(repetitions, "repetition")}`;
  return [
    `Measured beside plain, ${over}, with a 95% bootstrap interval:`,
    "",
    colours.dim(lines[0] as string),
    ...lines.slice(1),
  ];
}

function settingText(cell: CellReport): string {
  if (cell.method === "plain") return "plain";
  const { drafter, topK, treeSize, pMin } = cell;
  return [
    `${drafter}, draft length ${draftLenText(cell)}`,
    ...(treeSize > 0 ? [`top-k ${topK || "all"}, tree of ${treeSize}`] : []),
    ...(pMin > 0 ? [`p-min ${pMin}`] : []),
  ].join(", ");
}

function predictionOf(
  predictions: readonly Prediction[],
  cell: Pick<CellReport, "id">,
): Prediction | undefined {
  return predictions.find((each) => each.cell.id === cell.id);
}

/** Whether a tuning has anything to advise: not on costs that did not repeat. */
export function isAdvised({ costWarnings }: TuneResult): boolean {
  return costWarnings.length === 0;
}

function conclusionText(result: TuneResult): string {
  if (isAdvised(result)) return `${verdictText(result)} ${explanationOf(result)}`;
  return "No advice: the settings that were measured were chosen by costs that cannot be relied on. Run tune again on a quiet machine.";
}

function verdictText({ report }: TuneResult): string {
  const { cell, certain } = recommend(report);
  if (cell === undefined) {
    return certain
      ? "Decode plainly: nothing that was measured is faster."
      : "Decode plainly: nothing that was measured is faster for certain.";
  }
  const speedup = cell.summary?.speedup;
  const figure = speedup ? `, ${formatInterval(speedup)} of plain` : "";
  const but = certain || !speedup ? "" : `, ${doubt(speedup, marginOf(report))}`;
  return `Use ${settingText(cell)}${figure}${but}.`;
}

function explanationOf({ costs, alpha, predictions, report }: TuneResult): string {
  const free = predictions.every(({ cell }) => cell.drafter === "ngram");
  return explain({
    ...{ costs, drafting: free ? "lookup" : "model", alpha: free ? null : alpha },
    longest: Math.max(...predictions.map(({ cell }) => cell.draftLen)),
    backend: report.engine.backend,
    quantisation: report.models.target.quantisation,
  });
}

function adviceLines({ report, predictions }: TuneResult, options: TuneReportOptions): string[] {
  const { cell } = recommend(report);
  const flags = cell === undefined ? ["--draft-len", "0"] : draftingFlags(cell);
  const chat = commandLine(["specdec", "chat", ...options.pairFlags, ...flags]);
  if (cell === undefined) return [`  ${chat}`];
  const prediction = predictionOf(predictions, cell) ?? (bestOfEach(predictions)[0] as Prediction);
  const caveats = nodeLlamaCppCaveats(cell);
  const but = caveats.length === 0 ? "" : ` (${caveats.join("; ")})`;
  return [
    `  ${chat}`,
    "",
    ...wrap(`In a program with node-llama-cpp itself the nearest is${but}:`, options.width),
    "",
    ...nodeLlamaCppLines(prediction, report.plan.ngram).map((line) => `  ${line}`),
  ];
}
