import type { BenchReport } from "../bench/report.ts";
import { allColumns, type Column, type ColumnName, columnsNamed } from "./columns.ts";
import { gridWidth } from "./grid.ts";
import { varyingIn } from "./labels.ts";

/** What is given up when room is short, the least useful first: a column, or its long form. */
const giveUp: readonly { readonly name: ColumnName; readonly instead?: ColumnName }[] = [
  { name: "predicted" },
  { name: "sameDetail", instead: "same" },
  { name: "rateSpread", instead: "rate" },
  { name: "accept", instead: "acceptShort" },
  { name: "topK" },
  { name: "treeSize" },
  { name: "pMin" },
  { name: "acceptance" },
  { name: "tau" },
  { name: "shares" },
  { name: "alpha" },
  { name: "speedup", instead: "ratio" },
];

/**
 * The columns that fit into `width`. The prediction goes first, then details of differing texts (they
 * stand below the table), quartiles, the acceptance rule's long name, top-k, tree size and p-min where they are
 * the same in all rows, acceptance rate, τ, time shares, α, and last the interval. Method, draft
 * length, a lossy rule, tokens/s, speedup and equality always stay.
 */
export function fitColumns(report: BenchReport, width: number): Column[] {
  const varying: Partial<Record<ColumnName, boolean>> = varyingIn(report);
  let names = allColumns(report);
  for (const { name, instead } of giveUp) {
    if (widthOf(columnsNamed(names), report) <= width) break;
    // Rows that differ in it alone could not be told apart.
    if (varying[name] === true) continue;
    names = names.flatMap((each) => (each !== name ? [each] : (instead ?? [])));
  }
  return columnsNamed(names);
}

function widthOf(columns: readonly Column[], { cells }: BenchReport): number {
  const rows = cells.map((cell) => columns.map(({ text }) => ({ text: text(cell) })));
  return gridWidth(columns, rows);
}
