import type { BenchReport, BenchSettings } from "./report.ts";
import { templateKey, templateText } from "./template-settings.ts";

/**
 * What a difference between two reports makes of their figures:
 *
 * - `target`: another text altogether, and another plain decoding
 * - `draft`: other drafts of the same text
 * - `text`: other tokens are written or drafted
 * - `prompts`: some prompts are in one of them only
 * - `speed`: the same tokens at other costs
 * - `version`: another specdec, which may draft or measure otherwise
 * - `effort`: more or fewer runs
 */
export type DifferenceKind =
  | "target"
  | "draft"
  | "text"
  | "prompts"
  | "speed"
  | "version"
  | "effort";

/** Something that two reports do not share. */
export interface ReportDifference {
  readonly kind: DifferenceKind;
  /** What it is, for example "machine". */
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

interface Facet {
  readonly kind: DifferenceKind;
  readonly what: string;
  /** How it reads. */
  readonly text: (report: BenchReport) => string;
  /** What is compared; the text where left out. */
  readonly key?: (report: BenchReport) => unknown;
}

const facets: readonly Facet[] = [
  {
    kind: "target",
    what: "target",
    text: ({ models }) => modelText(models.target),
    key: ({ models }) => modelKey(models.target),
  },
  {
    kind: "draft",
    what: "draft",
    text: ({ models }) => modelText(models.draft),
    key: ({ models }) => modelKey(models.draft),
  },
  {
    kind: "draft",
    what: "heads",
    text: ({ models: { heads = [] } }) => heads.map(modelText).join(", ") || "none",
    // What is compared with what tell the names of cells, not the order of the files.
    key: ({ models: { heads = [] } }) => heads.map((each) => JSON.stringify(modelKey(each))).sort(),
  },
  setting("text", "sampler", ({ sampler: { topK, topP, minP } }) => [topK, topP, minP].join(", ")),
  {
    kind: "text",
    what: "chat template",
    text: ({ plan }) => (plan.raw ? "none" : templateText(plan) || "the model's"),
    key: ({ plan }) => (plan.raw ? "none" : templateKey(plan)),
  },
  setting("text", "special tokens", ({ special }) => (special ? "read" : "plain text")),
  setting("text", "tokens at most", ({ maxTokens }) => String(maxTokens)),
  setting("text", "stop texts", ({ stopTexts }) => JSON.stringify(stopTexts)),
  setting("text", "typical acceptance", ({ typical }) => JSON.stringify(typical)),
  setting("text", "prompt lookup", ({ ngram: { min, max } }) => `${min} to ${max} tokens`),
  {
    kind: "text",
    what: "seed",
    text: ({ plan }) => String(plan.seed),
    // It draws nothing at temperature 0.
    key: ({ plan }) => (plan.temperatures.some((temp) => temp > 0) ? plan.seed : 0),
  },
  { kind: "text", what: "context", text: ({ contextSize }) => String(contextSize) },
  {
    kind: "prompts",
    what: "prompts",
    text: ({ plan }) => String(plan.prompts.length),
    key: ({ plan }) => plan.prompts.map(promptKey).sort(),
  },
  {
    kind: "speed",
    what: "machine",
    text: ({ machine }) => `${machine.cpu}, ${machine.cores} cores, ${machine.arch}`,
  },
  {
    kind: "speed",
    what: "engine",
    text: ({ engine }) =>
      `${engine.engine} ${engine.release}, ${engine.backend}, ${engine.threads} threads`,
  },
  { kind: "version", what: "specdec", text: ({ versions }) => versions.specdec ?? "unknown" },
  setting("effort", "repetitions", ({ repetitions }) => String(repetitions)),
];

/** What two reports do not share, in a fixed order. */
export function differencesBetween(before: BenchReport, after: BenchReport): ReportDifference[] {
  return facets.flatMap(({ kind, what, text, key = text }) => {
    if (JSON.stringify(key(before)) === JSON.stringify(key(after))) return [];
    return [{ kind, what, ...told(text(before), text(after)) }];
  });
}

/**
 * Identifies a prompt with all that was said before it. Answers that the target wrote itself do not
 * count: near ties make them differ between machines, and the same was asked.
 */
export function promptKey(asked: BenchSettings["prompts"][number]): string {
  const { id, prompt, history = [], turn, raw, special, infill, maxTokens } = asked;
  const given = turn === undefined ? history : history.filter(({ role }) => role !== "assistant");
  return JSON.stringify([id, prompt, given, turn, raw, special, infill, maxTokens]);
}

/** A difference in words, for example "machine: A, 2 cores, x64, then B, 4 cores, x64". */
export function wordReportDifference({ what, before, after }: ReportDifference): string {
  return `${what}: ${before}, then ${after}`;
}

/** What reads alike and is not the same says so. */
function told(before: string, after: string): { before: string; after: string } {
  return { before, after: before === after ? "others of that number" : after };
}

function setting(
  kind: DifferenceKind,
  what: string,
  text: (settings: BenchSettings) => string,
): Facet {
  return { kind, what, text: ({ plan }) => text(plan) };
}

type Model =
  | Pick<BenchReport["models"]["target"], "file" | "quantisation" | "headerSha256" | "sizeBytes">
  | undefined;

function modelText(model: Model): string {
  return model === undefined ? "none" : `${model.file} (${model.quantisation})`;
}

/** The file may have moved; its header tells what it is. */
function modelKey(model: Model): unknown {
  return model && [model.headerSha256, model.sizeBytes];
}
