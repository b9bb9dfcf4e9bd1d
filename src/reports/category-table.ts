import { marginOf } from "../bench/noise.ts";
import type { BenchReport, CategorySummary, CellReport } from "../bench/report.ts";
import { verdictOf } from "../bench/verdict.ts";
import type { Colours } from "./colours.ts";
import { formatCount, formatInterval, formatRatio, noNumber } from "./format.ts";
import { type GridColumn, gridLines, gridWidth } from "./grid.ts";
import { labelOf, varyingIn } from "./labels.ts";
import { markdownTable } from "./markdown-table.ts";
import { wrap } from "./wrap.ts";

const title = "speedup by category of prompts";

/**
 * Speedups by category, with their intervals where there is room; empty where there is one category
 * only, or nothing that drafts.
 *
 * @param asked false leaves it out where even bare ratios do not fit
 */
export function categoryLines(
  report: BenchReport,
  width: number,
  colours: Colours,
  asked: boolean,
): string[] {
  const { cells, categories } = contentOf(report);
  if (cells.length === 0 || categories.length < 2) return [];
  const columns = columnsOf(categories, cells);
  const margin = marginOf(report);
  for (const text of [intervalText, ratioText]) {
    const rows = cells.map((cell) => [
      { text: labelOf(cell, varyingIn(report)) },
      ...categories.map((name) => {
        const found = find(cell, name);
        return { text: text(found), mood: moodOf(found, margin) };
      }),
    ]);
    if (gridWidth(columns, rows) > width) continue;
    return [colours.bold(title), ...gridLines(columns, rows, colours)];
  }
  if (!asked) return [];
  return [colours.bold(title), ...cells.flatMap((cell) => wrap(inALine(cell, report), width))];
}

/** The same for markdown, with α. */
export function categoryMarkdown(report: BenchReport): string[] {
  const { cells, categories } = contentOf(report);
  if (cells.length === 0 || categories.length < 2) return [];
  const rows = cells.map((cell) => [
    labelOf(cell, varyingIn(report)),
    ...categories.map((name) => {
      const found = find(cell, name);
      const alpha = found?.alpha;
      return `${intervalText(found)}${alpha == null ? "" : `, α ${Math.round(alpha * 100)}%`}`;
    }),
  ]);
  return markdownTable(columnsOf(categories, cells), rows);
}

function contentOf({ cells }: BenchReport) {
  const drafting = cells.filter(({ method }) => method === "speculative");
  const categories = drafting.flatMap(({ summary }) => summary?.categories ?? []);
  return { cells: drafting, categories: [...new Set(categories.map(({ category }) => category))] };
}

function columnsOf(categories: readonly string[], cells: readonly CellReport[]): GridColumn[] {
  const prompts = (name: string): number =>
    Math.max(...cells.map((cell) => find(cell, name)?.prompts ?? 0));
  return [
    { head: "cell", align: "left" },
    ...categories.map((name) => ({
      head: `${name}\n${formatCount(prompts(name), "prompt")}`,
      align: "right" as const,
    })),
  ];
}

function find({ summary }: CellReport, name: string): CategorySummary | undefined {
  return summary?.categories?.find(({ category }) => category === name);
}

function inALine(cell: CellReport, report: BenchReport): string {
  const all = (cell.summary?.categories ?? []).map(
    (each) => `${each.category} ${intervalText(each)}`,
  );
  return `${labelOf(cell, varyingIn(report))}: ${all.join(", ")}`;
}

function intervalText(found: CategorySummary | undefined): string {
  return found?.speedup ? formatInterval(found.speedup) : noNumber;
}

function ratioText(found: CategorySummary | undefined): string {
  return found?.speedup ? formatRatio(found.speedup.estimate) : noNumber;
}

function moodOf(found: CategorySummary | undefined, margin: number): "good" | "bad" | undefined {
  if (!found?.speedup) return undefined;
  const moods = { faster: "good", slower: "bad", undecided: undefined } as const;
  return moods[verdictOf(found.speedup, margin)];
}
