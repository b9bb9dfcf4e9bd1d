import { marginOf } from "../bench/noise.ts";
import type { BenchReport } from "../bench/report.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { acceptanceChart } from "./acceptance-chart.ts";
import { adaptiveLines } from "./adaptive-lines.ts";
import { baselineLines } from "./baseline-lines.ts";
import { categoryLines } from "./category-table.ts";
import { type Colours, coloursFor } from "./colours.ts";
import { type Column, nameOf } from "./columns.ts";
import { conclude } from "./conclusion.ts";
import { distributionLines } from "./distribution-lines.ts";
import { fitColumns } from "./fit.ts";
import { gridLines } from "./grid.ts";
import { headingOf } from "./heading.ts";
import { noticeLines, noticesOf } from "./notices.ts";
import { reasoningLines } from "./reasoning-lines.ts";
import { speedupChart } from "./speedup-chart.ts";
import { hanging, wrap } from "./wrap.ts";

/** How a table may look. */
export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Charts below the table, where there is something to see; a table by category where it fits. */
  readonly charts?: boolean;
  /** The table by category wherever there are several. */
  readonly categories?: boolean;
}

/** The report for a terminal: what was measured, a row a cell, definitions, notices, conclusion. */
export function renderTable(data: BenchReport, options: TableOptions): string {
  const report = visibleStrings(data);
  const { width, charts = false, categories = false } = options;
  const colours = coloursFor(options.color);
  const columns = fitColumns(report, width);
  const parts = [
    headingLines(report, width, colours),
    tableLines(report, columns, colours),
    adaptiveLines(report).flatMap((line) => wrap(line, width)),
    reasoningLines(report).flatMap((line) => wrap(line, width)),
    distributionLines(report).flatMap((line) => wrap(line, width)),
    baselineLines(report).flatMap((line) => wrap(line, width)),
    ...(charts
      ? [speedupChart(report, width, colours), acceptanceChart(report, width, colours)]
      : []),
    charts || categories ? categoryLines(report, width, colours, categories) : [],
    definitionLines(columns, width, colours),
    noticeLines(noticesOf(report), width, colours),
    wrap(conclude(report), width).map(colours.bold),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(""))
    .join("\n");
}

function headingLines(report: BenchReport, width: number, colours: Colours): string[] {
  return headingOf(report).flatMap(([name, text]) =>
    hanging(name.padEnd(9), text, width, colours.dim),
  );
}

function tableLines(report: BenchReport, columns: readonly Column[], colours: Colours): string[] {
  const margin = marginOf(report);
  const rows = report.cells.map((cell) =>
    columns.map(({ text, mood }) => ({ text: text(cell), mood: mood?.(cell, margin) })),
  );
  return gridLines(columns, rows, colours);
}

function definitionLines(columns: readonly Column[], width: number, colours: Colours): string[] {
  const defined = columns.filter(({ definition }) => definition !== "");
  const names = defined.map(nameOf);
  const longest = Math.max(...names.map((name) => name.length));
  return defined.flatMap(({ definition }, i) =>
    hanging(`${(names[i] ?? "").padEnd(longest)}  `, definition, width, colours.dim),
  );
}
