import type { CellComparison, ReportComparison } from "../bench/compare.ts";
import { marginOf } from "../bench/noise.ts";
import type { Speedup } from "../bench/report.ts";
import { verdictOf } from "../bench/verdict.ts";
import { markdownText } from "../text/markdown-text.ts";
import { printableJson } from "../text/printable-json.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { coloursFor } from "./colours.ts";
import { comparisonColumns, fittingColumns } from "./comparison-columns.ts";
import type { ComparisonFormat } from "./comparison-formats.ts";
import { formatPercent } from "./format.ts";
import { gridLines } from "./grid.ts";
import { labelOf, varyingIn } from "./labels.ts";
import { markdownTable } from "./markdown-table.ts";
import { groupWarnings, noticeItems, noticeLines } from "./notices.ts";
import type { TableOptions } from "./table.ts";
import { hanging, wrap } from "./wrap.ts";

/** Two reports beside each other as text; only a table heeds the options. */
export function renderComparison(
  comparison: ReportComparison,
  format: ComparisonFormat,
  options: TableOptions,
): string {
  switch (format) {
    case "table":
      return asTable(visibleStrings(comparison), options);
    case "json":
      return asJson(comparison);
    case "markdown":
      return asMarkdown(visibleStrings(comparison));
  }
}

function asTable(comparison: ReportComparison, { width, color }: TableOptions): string {
  const colours = coloursFor(color);
  const columns = fittingColumns(comparison, width);
  const rows = comparison.cells.map((cell) =>
    columns.map(({ text, mood }) => ({ text: text(cell), mood: mood?.(cell) })),
  );
  const parts = [
    headingOf(comparison).flatMap(([name, text]) =>
      hanging(name.padEnd(8), text, width, colours.dim),
    ),
    gridLines(columns, rows, colours),
    columns.flatMap(({ definition }) => (definition === undefined ? [] : wrap(definition, width))),
    noticeLines(groupWarnings(comparison.warnings), width, colours),
    wrap(concludeComparison(comparison), width).map(colours.bold),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(""))
    .join("\n");
}

function headingOf({ before, after }: ReportComparison): [string, string][] {
  const text = ({ created, models, plan }: ReportComparison["after"]): string =>
    `${created.slice(0, 16).replace("T", " ")}, ${models.target.file}, ${plan.prompts.length} prompts × ${plan.repetitions}`;
  return [
    ["before", text(before)],
    ["after", text(after)],
  ];
}

function asMarkdown(comparison: ReportComparison): string {
  const columns = comparisonColumns(comparison);
  const parts = [
    [`**${markdownText(concludeComparison(comparison))}**`],
    headingOf(comparison).map(([name, text]) => `- ${name}: ${markdownText(text)}`),
    markdownTable(
      columns,
      comparison.cells.map((cell) => columns.map(({ text }) => text(cell))),
    ),
    noticeItems(groupWarnings(comparison.warnings)),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function asJson({ differences, cells, warnings }: ReportComparison): string {
  const rows = cells.map(({ before, after, speedup, rate }) => ({
    id: after.id,
    speedup,
    tokensPerSecond: rate,
    before: before.summary,
    after: after.summary,
  }));
  const data = { schema: "specdec.comparison/1", differences, cells: rows, warnings };
  return `${printableJson(data, 2)}\n`;
}

/** What the ratios come to, in one sentence. */
function concludeComparison({ cells, before, after }: ReportComparison): string {
  const varying = varyingIn(after);
  const margin = Math.max(marginOf(before), marginOf(after));
  const drafting = cells.filter(({ after: { method } }) => method === "speculative");
  const decided = (verdict: "faster" | "slower") =>
    drafting.filter(({ speedup }) => speedup !== null && verdictOf(speedup, margin) === verdict);
  const [up, down] = [decided("faster"), decided("slower")];
  const list = (found: readonly CellComparison[]) =>
    found.map((cell) => labelOf(cell.after, varying)).join("; ");
  const ratios = drafting.flatMap(({ speedup }) => (speedup === null ? [] : [speedup]));
  if (ratios.length === 0) return "No cell that drafts has run in both reports.";
  const parts = [
    ...(up.length > 0 ? [`Speculation gains more after in ${list(up)}`] : []),
    ...(down.length > 0
      ? [`${up.length > 0 ? "less" : "Speculation gains less after"} in ${list(down)}`]
      : []),
  ];
  if (parts.length > 0) return `${parts.join(", and ")}.`;
  return `Undecided: ${undecided(ratios, margin)}.`;
}

function undecided(ratios: readonly Speedup[], margin: number): string {
  const which = ratios.length === 1 ? "the ratio" : `the ${ratios.length} ratios`;
  if (ratios.every(({ low }) => low === null)) return `single runs give ${which} no interval`;
  const leaves = ratios.some(({ low, high }) => (low ?? 0) > 1 || (high ?? Infinity) < 1);
  return leaves
    ? `no interval of ${which} leaves 1 behind by more than the noise margin of ${formatPercent(margin)}`
    : `no interval of ${which} leaves 1 behind`;
}
