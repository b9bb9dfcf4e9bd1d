import type { BenchReport } from "../bench/report.ts";
import { templateText } from "../bench/template-settings.ts";
import { formatCount, formatParameters } from "./format.ts";

/** What was measured, and where: pairs of a word and its text. */
export function headingOf(report: BenchReport): [name: string, text: string][] {
  const { models, engine, machine, contextSize, plan } = report;
  const { prompts, repetitions, maxTokens, temperatures, seed, raw, special } = plan;
  return [
    ...(plan.preset ? [["preset", presetText(plan)] as [string, string]] : []),
    ["target", modelText(models.target)],
    ...(models.draft ? [["draft", modelText(models.draft)] as [string, string]] : []),
    ...(models.heads ?? []).map((heads): [string, string] => ["heads", headsText(heads)]),
    [
      "engine",
      `${engine.engine} ${engine.release}, ${engine.backend}, ${formatCount(engine.threads, "thread")}, context ${contextSize}`,
    ],
    ...(templateText(plan) ? [["template", templateText(plan)] as [string, string]] : []),
    ["machine", `${machine.cpu}, ${formatCount(machine.cores, "core")}, ${machine.os}`],
    [
      "runs",
      [
        `${formatCount(prompts.length, "prompt")} × ${formatCount(repetitions, "repetition")}`,
        `${formatCount(maxTokens, "token")} at most${ownLimitsText(prompts)}`,
        `temperature ${temperatures.join(", ")}`,
        `seed ${seed}`,
        ...(raw ? ["no chat template"] : []),
        ...(special ? ["special tokens read"] : []),
        ...(prompts.some(({ turn }) => turn !== undefined) ? [laterTurnsText] : []),
        ...endText(report),
        ...(report.finished ? [] : [`unfinished: ${doneText(report)}`]),
      ].join(", "),
    ],
  ];
}

const laterTurnsText = "later turns follow plain decoding's answers (temperature 0)";

function ownLimitsText(prompts: BenchReport["plan"]["prompts"]): string {
  return prompts.some(({ maxTokens }) => maxTokens !== undefined) ? " or the prompt's limit" : "";
}

function presetText({ preset, presetDescription }: BenchReport["plan"]): string {
  return [preset, presetDescription].filter(Boolean).join(": ");
}

function modelText({ file, quantisation, parameters }: BenchReport["models"]["target"]): string {
  return `${file} (${quantisation}, ${formatParameters(parameters)} parameters)`;
}

type Heads = NonNullable<BenchReport["models"]["heads"]>[number];

function headsText({ file, kind, count, quantisation, parameters }: Heads): string {
  const size = `${quantisation}, ${formatParameters(parameters)} parameters`;
  return `${file} (${kind}, ${formatCount(count, "head")}, ${size})`;
}

/** How many repetitions were made, or why there are fewer runs, is not what was asked for. */
function endText(report: BenchReport): string[] {
  const { endedBy, plan } = report;
  if (endedBy === "time-budget") return [`ended by --time-budget: ${doneText(report)}`];
  if (plan.untilCi === undefined) return [];
  return [`until ±${Number((plan.untilCi * 100).toFixed(2))}%`];
}

function doneText({ cells, plan }: BenchReport): string {
  const done = cells.reduce((sum, { samples }) => sum + samples.length, 0);
  return `${done} of ${cells.length * plan.prompts.length * plan.repetitions} runs`;
}
