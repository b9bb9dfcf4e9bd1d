import type { HeadsInfo } from "../../engine/port.ts";
import { formatBytes, formatCount, formatParameters, formatPercent } from "../../reports/format.ts";

/** What came of holding heads against a target. */
export interface HeadsFit {
  /** The target's file. */
  readonly target: string;
  readonly fits: boolean;
  /** Why not; or what is worth knowing though they do. */
  readonly notes: readonly string[];
}

/** Width of the bar of a head that is always right, in characters. */
const barWidth = 20;

/** What `specdec heads info` prints: a line for each fact, and a bar for each head. */
export function describeHeads(path: string, heads: HeadsInfo, fit?: HeadsFit): string[] {
  const { sizeBytes, count, width, parameters, quantisation, target, trainedTokens } = heads;
  const rows: readonly (readonly [string, string])[] = [
    ["file", `${path}, ${formatBytes(sizeBytes)}`],
    ["kind", kindText(heads)],
    ["heads", `${count}: ${formatCount(count, "token")} drafted in a row at most`],
    ["width", String(width)],
    ["proposes", outputsText(heads)],
    ["parameters", formatParameters(parameters)],
    ["quantisation", quantisation],
    ["target", `${target.name} (${target.architecture}, ${target.vocabularySize} tokens)`],
    ["trained on", trainedTokens === 0 ? "unknown" : `${countText(trainedTokens)} tokens of text`],
  ];
  return [
    ...rows.map(([label, text]) => `${label.padEnd(16)}${text}`),
    "",
    "On held-out text, how often a head's likeliest token was the target's, given the text so far:",
    ...heads.acceptance.map(acceptanceRow),
    ...(fit === undefined ? [] : ["", ...fitLines(fit)]),
  ];
}

function kindText({ kind }: HeadsInfo): string {
  return kind === "parallel"
    ? "parallel: each reads the target's state alone"
    : "chained: each also reads the token and the state of the one before it";
}

function outputsText({ outputs, target }: HeadsInfo): string {
  const all = target.vocabularySize;
  return outputs === all ? `all ${all} tokens` : `${outputs} of the target's ${all} tokens`;
}

function countText(count: number): string {
  return count < 1e6 ? String(count) : `${(count / 1e6).toFixed(1)} million`;
}

function acceptanceRow(share: number, i: number): string {
  const bar = "█".repeat(Math.round(share * barWidth)).padEnd(barWidth);
  return `  head ${String(i + 1).padStart(2)}  ${bar} ${formatPercent(share)}`;
}

function fitLines({ target, fits, notes }: HeadsFit): string[] {
  const verdict = fits ? `yes: they fit ${target}` : `no: they do not fit ${target}`;
  return [verdict, ...notes.map((note) => `${fits ? "note" : "because"}: ${note}`)];
}
