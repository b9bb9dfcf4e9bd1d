import type { BenchReport } from "../bench/report.ts";
import { renderBenchmarkAction } from "./benchmark-action.ts";
import { renderCsv } from "./csv.ts";
import type { ReportFormat } from "./formats.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderTable, type TableOptions } from "./table.ts";

/** A report as text, with a line break at its end. Only a table heeds the options. */
export function renderReport(
  report: BenchReport,
  format: ReportFormat,
  options: TableOptions,
): string {
  switch (format) {
    case "table":
      return renderTable(report, options);
    case "json":
      return renderJson(report);
    case "markdown":
      return renderMarkdown(report);
    case "csv":
      return renderCsv(report);
    case "benchmark-action":
      return renderBenchmarkAction(report);
  }
}
