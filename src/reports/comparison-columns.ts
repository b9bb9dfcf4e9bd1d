import type { CellComparison, ReportComparison } from "../bench/compare.ts";
import { marginOf } from "../bench/noise.ts";
import type { CellReport, Speedup } from "../bench/report.ts";
import { verdictOf } from "../bench/verdict.ts";
import { formatInterval, formatMean, formatPercent, formatRatio, noNumber } from "./format.ts";
import { type GridColumn, gridWidth } from "./grid.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** A column of the table of ratios. */
export interface ComparisonColumn extends GridColumn {
  readonly text: (cell: CellComparison) => string;
  readonly mood?: (cell: CellComparison) => "good" | "bad" | undefined;
  readonly definition?: string;
}

/** From the one that always stays to the one that is given up first. */
export function comparisonColumns(comparison: ReportComparison): ComparisonColumn[] {
  const varying = varyingIn(comparison.after);
  const hasRates = comparison.cells.some(({ rate }) => rate !== null);
  return [
    { head: "cell", align: "left", text: ({ after }) => labelOf(after, varying) },
    {
      head: "speedup\nafter / before",
      align: "right",
      text: ({ speedup }) => intervalText(speedup),
      mood: ({ speedup }) => moodOf(speedup, marginOf(comparison.after)),
      definition:
        "speedup over plain after / before on the prompts that both have [95% bootstrap interval]",
    },
    changing("speedup", ({ summary }) =>
      summary?.speedup ? formatRatio(summary.speedup.estimate) : noNumber,
    ),
    changing("τ", ({ summary }) => formatMean(summary?.meanAcceptanceLength ?? null)),
    ...(hasRates
      ? [
          {
            head: "tokens/s\nafter / before",
            align: "right" as const,
            text: ({ rate }: CellComparison) => intervalText(rate),
            definition:
              "tokens/s after / before: with the machine's state at both times in it, which the speedup has not",
          },
        ]
      : []),
    changing("α", ({ summary }) => formatPercent(summary?.alpha ?? null)),
    changing("same\ntext", ({ summary }) =>
      summary?.sameAsPlain
        ? `${summary.sameAsPlain.equal}/${summary.sameAsPlain.compared}`
        : noNumber,
    ),
  ];
}

/** The columns that fit into `width`; the first two always stay. */
export function fittingColumns(comparison: ReportComparison, width: number): ComparisonColumn[] {
  const columns = comparisonColumns(comparison);
  const isTooWide = (): boolean => {
    const rows = comparison.cells.map((cell) => columns.map(({ text }) => ({ text: text(cell) })));
    return gridWidth(columns, rows) > width;
  };
  while (columns.length > 2 && isTooWide()) columns.pop();
  return columns;
}

/** A figure before and after; once where it stays. */
function changing(head: string, of: (cell: CellReport) => string): ComparisonColumn {
  const text = ({ before, after }: CellComparison): string => {
    const [earlier, now] = [of(before), of(after)];
    return earlier === now ? now : `${earlier} → ${now}`;
  };
  return { head, align: "right", text };
}

function intervalText(ratio: Speedup | null): string {
  return ratio === null ? noNumber : formatInterval(ratio);
}

function moodOf(ratio: Speedup | null, margin: number): "good" | "bad" | undefined {
  if (ratio === null) return undefined;
  return ({ faster: "good", slower: "bad", undecided: undefined } as const)[
    verdictOf(ratio, margin)
  ];
}
