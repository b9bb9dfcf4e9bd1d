import Table from "cli-table3";
import { widthOf } from "../text/cells.ts";
import type { Colours } from "./colours.ts";

/** Spaces between two columns. */
export const gutter = 2;

/** The head of a column. */
export interface GridColumn {
  /** The heading; a line break where it is broken. */
  readonly head: string;
  readonly align: "left" | "right";
}

/** One place in a grid. */
export interface GridCell {
  readonly text: string;
  /** Whether it is good or bad news. */
  readonly mood?: "good" | "bad" | undefined;
}

/** A table without borders: the head, a rule below it, and the rows. */
export function gridLines(
  columns: readonly GridColumn[],
  rows: readonly (readonly GridCell[])[],
  colours: Colours,
): string[] {
  const table = new Table({
    head: columns.map(({ head }) => head.split("\n").map(colours.bold).join("\n")),
    colAligns: columns.map(({ align }) => align),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: noBorders,
  });
  for (const row of rows) {
    table.push(row.map(({ text, mood }) => (mood === undefined ? text : colours[mood](text))));
  }
  const lines = table.toString().split("\n");
  const headHeight = Math.max(...columns.map(({ head }) => head.split("\n").length));
  const rule = "─".repeat(Math.max(...lines.map((line) => widthOf(withoutColour(line)))));
  return [...lines.slice(0, headHeight), colours.dim(rule), ...lines.slice(headHeight)];
}

/** Columns that a grid takes. */
export function gridWidth(
  columns: readonly GridColumn[],
  rows: readonly (readonly GridCell[])[],
): number {
  const widths = columns.map(({ head }, i) =>
    Math.max(...[...head.split("\n"), ...rows.map((row) => row[i]?.text ?? "")].map(widthOf)),
  );
  return widths.reduce((sum, width) => sum + width, 0) + gutter * (columns.length - 1);
}

const noBorders = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "" },
  middle: " ".repeat(gutter),
};

function withoutColour(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
  return line.replaceAll(/\u001b\[\d+m/g, "");
}
