import type { BenchReport } from "../bench/report.ts";
import { adaptiveLines } from "./adaptive-lines.ts";
import { allColumns, columnsNamed, nameOf } from "./columns.ts";
import { conclude } from "./conclusion.ts";
import { headingOf } from "./heading.ts";
import { noticesOf } from "./notices.ts";

/** The report as a GitHub table with notes. */
export function renderMarkdown(report: BenchReport): string {
  const columns = columnsNamed(allColumns(report));
  const names = columns.map(nameOf);
  const table = [
    row(names),
    `| ${columns.map(({ align }) => (align === "left" ? "---" : "---:")).join(" | ")} |`,
    ...report.cells.map((cell) => row(columns.map(({ text }) => text(cell)))),
  ];
  const parts = [
    [`**${escapeText(conclude(report))}**`],
    headingOf(report).map(([name, text]) => `- ${name}: ${escapeText(text)}`),
    table,
    adaptiveLines(report).map((line) => `- ${escapeText(line)}`),
    columns.flatMap(({ definition }, i) =>
      definition === "" ? [] : [`- ${names[i]}: ${definition}`],
    ),
    noticesOf(report).flatMap(({ texts, hint }) => [
      ...texts.map((text) => `- ⚠ ${escapeText(text)}`),
      `  - ${escapeText(hint)}`,
    ]),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function row(texts: readonly string[]): string {
  return `| ${texts.map(escapeText).join(" | ")} |`;
}

/** Names of files and prompts are the user's: they must not break a cell or a line. */
function escapeText(text: string): string {
  return text.replaceAll(/[\\|*`<]/g, "\\$&").replaceAll(/\s+/g, " ");
}
