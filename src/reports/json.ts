import type { BenchReport } from "../bench/report.ts";
import { printableJson } from "../text/printable-json.ts";

/** The whole report, indented, but lists of numbers on one line each: they can be long. */
export function renderJson(report: BenchReport): string {
  const text = printableJson(report, 2);
  // Inside a JSON string a line break is escaped, so this finds arrays only.
  const numbers = /\[\n\s+-?[\d.eE+-]+(?:,\n\s+-?[\d.eE+-]+)*\n\s+\]/g;
  const joined = text.replaceAll(numbers, (list) =>
    list.replaceAll(/,\s+/g, ", ").replaceAll(/\s*\n\s*/g, ""),
  );
  return `${joined}\n`;
}
