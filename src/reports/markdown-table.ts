import { markdownText } from "../text/markdown-text.ts";
import type { GridColumn } from "./grid.ts";

/** A GitHub table. */
export function markdownTable(
  columns: readonly GridColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  return [
    row(columns.map(({ head }) => head.replace("\n", " "))),
    `| ${columns.map(({ align }) => (align === "left" ? "---" : "---:")).join(" | ")} |`,
    ...rows.map(row),
  ];
}

function row(texts: readonly string[]): string {
  return `| ${texts.map(markdownText).join(" | ")} |`;
}
