import type { PositionTests } from "./distribution-schema.ts";
import type { BenchWarning, Cell, DistributionCheck } from "./report.ts";

/** Chance of a false alarm of the tests of second tokens in a whole bench, at most. */
export const secondTokenAlarms = 0.01;
/** The same for the tests of places in drafts; together a bench warns wrongly in 5% at most. */
export const positionAlarms = 0.04;

/** Warnings for cells whose tokens are not distributed as they should be. */
export function distributionWarnings(
  checks: readonly DistributionCheck[],
  cells: readonly Cell[],
): BenchWarning[] {
  return [...secondTokenWarnings(checks, cells), ...positionWarnings(checks)];
}

/** A lossy rule's tokens need not be distributed as plain's. */
function secondTokenWarnings(
  checks: readonly DistributionCheck[],
  cells: readonly Cell[],
): BenchWarning[] {
  return checks
    .filter(({ pValue }) => pValue < secondTokenAlarms / checks.length)
    .map(({ cell: id, statistic, degrees, pValue }) => {
      const cell = cells.find((each) => each.id === id);
      return {
        code: "distribution-differs",
        text: `${id}: the second token is not distributed as plain's: χ² ${statistic.toFixed(1)} with ${degrees} degrees of freedom, p = ${pValue.toExponential(1)}`,
        hint: hintFor(cell),
      };
    });
}

function hintFor(cell: Cell | undefined): string {
  if (cell?.method === "plain") {
    return "Plain decoding differs from itself: trust no cell's p here. Repeat it with another --seed.";
  }
  if (cell?.accept === "typical") {
    return "Typical acceptance is lossy, and this is what that means.";
  }
  return "Possible bug. Repeat it with another --seed and more --check-texts, and report it with this report's JSON.";
}

function positionWarnings(checks: readonly DistributionCheck[]): BenchWarning[] {
  const tested = checks.flatMap(({ cell, positions }) => (positions ? [{ cell, positions }] : []));
  return tested
    .filter(({ positions }) => positions.pValue < positionAlarms / tested.length)
    .map(({ cell, positions }) => ({
      code: "draft-positions-differ",
      text: `${cell}: ${faultIn(positions)}`,
      hint: "One bench in 25 shows this by chance. Repeat it with another --seed: if it shows again, it is a bug; report it with this report's JSON.",
    }));
}

/** The clearest of the deviations in words. */
function faultIn({ places, acceptance, drafted, chosen, pValue }: PositionTests): string {
  const p = `p = ${pValue === 0 ? "0" : pValue.toExponential(1)}`;
  const smallest = Math.min(acceptance.pValue, chosen.pValue, drafted?.pValue ?? 1);
  if (acceptance.pValue === smallest) {
    const { tested, accepted, expected } = acceptance;
    return `the rule accepted ${accepted} of ${tested} drafted tokens, and the exact rule accepts ${expected.toFixed(1)} on average, ${p}`;
  }
  if (drafted?.pValue === smallest) {
    return `the drafted tokens at ${places} places are not distributed as the drafter reports, ${p}`;
  }
  return `the tokens chosen at ${places} places of drafts are not distributed as the target's, ${p}`;
}
