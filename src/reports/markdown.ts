import type { BenchReport } from "../bench/report.ts";
import { markdownText } from "../text/markdown-text.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { positionMarkdown } from "./acceptance-chart.ts";
import { adaptiveLines } from "./adaptive-lines.ts";
import { baselineLines } from "./baseline-lines.ts";
import { categoryMarkdown } from "./category-table.ts";
import { allColumns, columnsNamed, nameOf } from "./columns.ts";
import { conclude } from "./conclusion.ts";
import { distributionLines } from "./distribution-lines.ts";
import { headingOf } from "./heading.ts";
import { markdownTable } from "./markdown-table.ts";
import { noticeItems, noticesOf } from "./notices.ts";
import { reasoningLines } from "./reasoning-lines.ts";

/** The report as a GitHub table with notes. */
export function renderMarkdown(data: BenchReport): string {
  const report = visibleStrings(data);
  const columns = columnsNamed(allColumns(report));
  const names = columns.map(nameOf);
  const table = markdownTable(
    columns.map(({ align }, i) => ({ head: names[i] ?? "", align })),
    report.cells.map((cell) => columns.map(({ text }) => text(cell))),
  );
  const parts = [
    [`**${markdownText(conclude(report))}**`],
    headingOf(report).map(([name, text]) => `- ${name}: ${markdownText(text)}`),
    table,
    adaptiveLines(report).map((line) => `- ${markdownText(line)}`),
    reasoningLines(report).map((line) => `- ${markdownText(line)}`),
    distributionLines(report).map((line) => `- ${markdownText(line)}`),
    baselineLines(report).map((line) => `- ${markdownText(line)}`),
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
