import type { PositionTests } from "../bench/distribution-schema.ts";
import { isReference } from "../bench/plain-cell.ts";
import type { BenchReport } from "../bench/report.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** What the check of the distribution found, a line a cell. */
export function distributionLines(report: BenchReport): string[] {
  const varying = varyingIn(report);
  return (report.distributions ?? []).flatMap(({ cell: id, ...check }) => {
    const cell = report.cells.find((each) => each.id === id);
    if (cell === undefined) return [];
    const { generations, statistic, degrees, pValue, positions } = check;
    const figures = `χ² ${statistic.toFixed(1)} with ${degrees} degrees of freedom, p = ${pValue.toFixed(3)}`;
    const plains = isReference(cell) ? "its own with other seeds (control)" : "plain's";
    const label = labelOf(cell, varying);
    return [
      `${label}: second tokens against ${plains} in ${generations} texts each: ${figures}`,
      ...(positions ? positionLines(label, positions) : []),
    ];
  });
}

/** Two lines on the places of a cell's drafts. */
function positionLines(label: string, positions: PositionTests): string[] {
  const { places, acceptance, drafted, chosen, pValue } = positions;
  const { accepted, expected, tested, detects } = acceptance;
  const others = [
    ...(drafted ? [`drafted tokens against the draft's distribution ${p(drafted)}`] : []),
    `chosen tokens against the target's ${p(chosen)}`,
    `together p = ${pValue.toFixed(3)}`,
  ];
  const power =
    detects === undefined
      ? "too few places to find any bias of acceptance"
      : `finds a bias of acceptance of ×${detects.toFixed(2)} in 80% of checks`;
  return [
    `${label}: ${tested} drafted tokens tested at ${places} places: accepted ${accepted}, expected ${expected.toFixed(1)}, ${p(acceptance)}; ${power}`,
    `${label}: ${others.join(", ")}`,
  ];
}

function p({ pValue }: { readonly pValue: number }): string {
  return `p = ${pValue.toFixed(3)}`;
}
