import Table from "cli-table3";
import type { BenchReport } from "../bench/report.ts";
import { adaptiveLines } from "./adaptive-lines.ts";
import { type Colours, coloursFor } from "./colours.ts";
import { type Column, nameOf } from "./columns.ts";
import { conclude } from "./conclusion.ts";
import { fitColumns, gutter } from "./fit.ts";
import { headingOf } from "./heading.ts";
import { noticesOf } from "./notices.ts";
import { wrap } from "./wrap.ts";

/** How a table may look. */
export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

/** The report for a terminal: what was measured, a row a cell, definitions, notices, conclusion. */
export function renderTable(report: BenchReport, options: TableOptions): string {
  const { width } = options;
  const colours = coloursFor(options.color);
  const columns = fitColumns(report, width);
  const parts = [
    headingLines(report, width, colours),
    tableLines(report, columns, colours),
    adaptiveLines(report).flatMap((line) => wrap(line, width)),
    definitionLines(columns, width, colours),
    noticeLines(report, width, colours),
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
  const head = columns.map((column) => column.head);
  const table = new Table({
    head: head.map((text) => text.split("\n").map(colours.bold).join("\n")),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: noBorders,
  });
  for (const cell of report.cells) {
    table.push(columns.map((column) => paint(column.text(cell), column.mood?.(cell), colours)));
  }
  const lines = table.toString().split("\n");
  const headHeight = Math.max(...head.map((text) => text.split("\n").length));
  const rule = "─".repeat(Math.max(...lines.map((line) => withoutColour(line).length)));
  return [...lines.slice(0, headHeight), colours.dim(rule), ...lines.slice(headHeight)];
}

const noBorders = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "" },
  middle: " ".repeat(gutter),
};

function paint(text: string, mood: "good" | "bad" | undefined, colours: Colours): string {
  return mood === undefined ? text : colours[mood](text);
}

function withoutColour(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
  return line.replaceAll(/\u001b\[\d+m/g, "");
}

function definitionLines(columns: readonly Column[], width: number, colours: Colours): string[] {
  const defined = columns.filter(({ definition }) => definition !== "");
  const names = defined.map(nameOf);
  const longest = Math.max(...names.map((name) => name.length));
  return defined.flatMap(({ definition }, i) =>
    hanging(`${(names[i] ?? "").padEnd(longest)}  `, definition, width, colours.dim),
  );
}

function noticeLines(report: BenchReport, width: number, colours: Colours): string[] {
  return noticesOf(report).flatMap(({ texts, hint }) => [
    ...texts.flatMap((text) => hanging("warning: ", text, width, colours.warn)),
    ...hanging("hint:    ", hint, width, colours.dim),
  ]);
}

/** A text behind a name, its further lines below its first word. */
function hanging(
  name: string,
  text: string,
  width: number,
  paintName: (text: string) => string,
): string[] {
  const indent = " ".repeat(name.length);
  return wrap(text, width - name.length).map(
    (line, i) => (i === 0 ? paintName(name) : indent) + line,
  );
}
