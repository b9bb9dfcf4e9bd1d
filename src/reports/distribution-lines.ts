import { isReference } from "../bench/plain-cell.ts";
import type { BenchReport } from "../bench/report.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** What the check of the distribution found, a line a cell. */
export function distributionLines(report: BenchReport): string[] {
  const varying = varyingIn(report);
  return (report.distributions ?? []).flatMap(({ cell: id, ...check }) => {
    const cell = report.cells.find((each) => each.id === id);
    if (cell === undefined) return [];
    const { generations, statistic, degrees, pValue } = check;
    const figures = `χ² ${statistic.toFixed(1)} with ${degrees} degrees of freedom, p = ${pValue.toFixed(3)}`;
    const plains = isReference(cell) ? "its own with other seeds (control)" : "plain's";
    return [
      `${labelOf(cell, varying)}: second tokens against ${plains} in ${generations} texts each: ${figures}`,
    ];
  });
}
