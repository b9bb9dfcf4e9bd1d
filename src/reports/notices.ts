import type { BenchReport, BenchWarning } from "../bench/report.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** What is to be known, said once for all cells that it holds for. */
export interface ReportNotice {
  readonly texts: readonly string[];
  readonly hint: string;
}

/** All warnings of a report and its cells; those with the same code and hint under one hint. */
export function noticesOf(report: BenchReport): ReportNotice[] {
  const varying = varyingIn(report);
  const all: BenchWarning[] = [
    ...report.warnings,
    ...report.cells.flatMap((cell) =>
      cell.warnings.map((each) => ({ ...each, text: `${labelOf(cell, varying)}: ${each.text}` })),
    ),
  ];
  const byKind = new Map<string, BenchWarning[]>();
  for (const warning of all) {
    const kind = `${warning.code} ${warning.hint}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), warning]);
  }
  return [...byKind.values()].map((warnings) => ({
    texts: warnings.map(({ text }) => text),
    hint: warnings[0]?.hint ?? "",
  }));
}
