import type { BenchReport, CellReport, CellSummary } from "../bench/report.ts";
import type { Colours } from "./colours.ts";
import { formatPercent, noNumber } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";
import { markdownTable } from "./markdown-table.ts";

const title = {
  position: "accepted at position (if all before were)",
  length: "passes that accepted so many",
};

/** Width of a full bar, in characters. */
const barWidth = 20;
/** Place, bar and shares of a position, and a gap. */
const leftWidth = 4 + title.position.length + 3;
/** Width from which on the histogram stands beside the positions. */
const roomForBoth = leftWidth + title.length.length;

/**
 * How far drafts get, of the cell that drafts furthest: acceptance by position, and how many tokens
 * passes accepted. Empty where no draft is longer than one token.
 */
export function acceptanceChart(report: BenchReport, width: number, colours: Colours): string[] {
  const cell = furthest(report.cells.filter(({ method }) => method === "speculative"));
  if (cell?.summary == null) return [];
  const { positionAcceptance, acceptedLengths = [] } = cell.summary;
  const both = width >= roomForBoth && acceptedLengths.length > 0;
  const passes = acceptedLengths.reduce((sum, count) => sum + count, 0);
  const rows = Array.from({ length: positionAcceptance.length + (both ? 1 : 0) }, (_, i) => {
    const place = both ? i : i + 1;
    const left = `${String(place).padStart(2)}  ${positionText(cell.summary as CellSummary, place - 1)}`;
    if (!both) return left.trimEnd();
    const share = (acceptedLengths[place] ?? 0) / passes;
    return `${left.padEnd(leftWidth)}${bar(share)} ${formatPercent(share)}`;
  });
  const head = `    ${title.position}`;
  return [
    colours.bold(`how far drafts get: ${labelOf(cell, varyingIn(report))}`),
    colours.dim(both ? head.padEnd(leftWidth) + title.length : head),
    ...rows,
  ];
}

/** Acceptance by position of every cell, for markdown. */
export function positionMarkdown(report: BenchReport): string[] {
  const cells = report.cells.filter(({ draftLen, summary }) => draftLen > 0 && summary !== null);
  const most = Math.max(0, ...cells.map((cell) => positionsOf(cell)));
  if (most < 2) return [];
  const positions = Array.from({ length: most }, (_, i) => i);
  const text = ({ summary }: CellReport, i: number): string => {
    const share = summary?.positionAcceptance[i];
    if (share === undefined) return noNumber;
    return `${formatPercent(share)} (${formatPercent(summary?.conditionalAcceptance[i] ?? null)})`;
  };
  return markdownTable(
    [
      { head: title.position, align: "left" },
      ...positions.map((i) => ({ head: String(i + 1), align: "right" as const })),
    ],
    cells.map((cell) => [labelOf(cell, varyingIn(report)), ...positions.map((i) => text(cell, i))]),
  );
}

function furthest(cells: readonly CellReport[]): CellReport | undefined {
  const deep = cells.filter((cell) => positionsOf(cell) > 1);
  return deep.reduce<CellReport | undefined>(
    (best, cell) => (best === undefined || positionsOf(cell) > positionsOf(best) ? cell : best),
    undefined,
  );
}

function positionsOf({ summary }: CellReport): number {
  return summary?.positionAcceptance.length ?? 0;
}

/** Empty for position -1: no token, nothing to accept. */
function positionText(summary: CellSummary, i: number): string {
  const share = summary.positionAcceptance[i];
  if (share === undefined) return "";
  const given = formatPercent(summary.conditionalAcceptance[i] ?? null);
  return `${bar(share)} ${formatPercent(share)} (${given})`;
}

function bar(share: number): string {
  return "█".repeat(Math.round(share * barWidth)).padEnd(barWidth);
}
