import type { BenchReport } from "../bench/report.ts";
import { positionMarkdown } from "./acceptance-chart.ts";
import { adaptiveLines } from "./adaptive-lines.ts";
import { baselineLines } from "./baseline-lines.ts";
import { categoryMarkdown } from "./category-table.ts";
import { allColumns, columnsNamed, nameOf } from "./columns.ts";
import { conclude } from "./conclusion.ts";
import { distributionLines } from "./distribution-lines.ts";
import { escapeText } from "./escape-text.ts";
import { headingOf } from "./heading.ts";
import { markdownTable } from "./markdown-table.ts";
import { noticeItems, noticesOf } from "./notices.ts";
import { reasoningLines } from "./reasoning-lines.ts";

/** The report as a GitHub table with notes. */
export function renderMarkdown(report: BenchReport): string {
  const columns = columnsNamed(allColumns(report));
  const names = columns.map(nameOf);
  const table = markdownTable(
    columns.map(({ align }, i) => ({ head: names[i] ?? "", align })),
    report.cells.map((cell) => columns.map(({ text }) => text(cell))),
  );
  const parts = [
    [`**${escapeText(conclude(report))}**`],
    headingOf(report).map(([name, text]) => `- ${name}: ${escapeText(text)}`),
    table,
    adaptiveLines(report).map((line) => `- ${escapeText(line)}`),
    reasoningLines(report).map((line) => `- ${escapeText(line)}`),
    distributionLines(report).map((line) => `- ${escapeText(line)}`),
    baselineLines(report).map((line) => `- ${escapeText(line)}`),
    categoryMarkdown(report),
    positionMarkdown(report),
    columns.flatMap(({ definition }, i) =>
      definition === "" ? [] : [`- ${names[i]}: ${definition}`],
    ),
    noticeItems(noticesOf(report)),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}
