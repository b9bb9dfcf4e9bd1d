import type { BenchReport, BenchWarning } from "../bench/report.ts";
import { markdownText } from "../text/markdown-text.ts";
import type { Colours } from "./colours.ts";
import { labelOf, varyingIn } from "./labels.ts";
import { hanging } from "./wrap.ts";

/** What is to be known, said once for all cells that it holds for. */
export interface ReportNotice {
  readonly texts: readonly string[];
  readonly hint: string;
}

/** All warnings of a report and its cells; those with the same code and hint under one hint. */
export function noticesOf(report: BenchReport): ReportNotice[] {
  const varying = varyingIn(report);
  return groupWarnings([
    ...report.warnings,
    ...report.cells.flatMap((cell) =>
      cell.warnings.map((each) => ({ ...each, text: `${labelOf(cell, varying)}: ${each.text}` })),
    ),
  ]);
}

/** Warnings with the same code and hint under one hint. */
export function groupWarnings(warnings: readonly BenchWarning[]): ReportNotice[] {
  const byKind = new Map<string, BenchWarning[]>();
  for (const warning of warnings) {
    const kind = `${warning.code} ${warning.hint}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), warning]);
  }
  return [...byKind.values()].map((group) => ({
    texts: group.map(({ text }) => text),
    hint: group[0]?.hint ?? "",
  }));
}

/** Notices for a terminal. */
export function noticeLines(
  notices: readonly ReportNotice[],
  width: number,
  colours: Colours,
): string[] {
  return notices.flatMap(({ texts, hint }) => [
    ...texts.flatMap((text) => hanging("warning: ", text, width, colours.warn)),
    ...hanging("hint:    ", hint, width, colours.dim),
  ]);
}

/** Notices for markdown. */
export function noticeItems(notices: readonly ReportNotice[]): string[] {
  return notices.flatMap(({ texts, hint }) => [
    ...texts.map((text) => `- ⚠ ${markdownText(text)}`),
    `  - ${markdownText(hint)}`,
  ]);
}
