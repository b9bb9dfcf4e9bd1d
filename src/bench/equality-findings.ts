import type { CellComparison } from "./compare.ts";
import { kindOf, wordDifference } from "./difference-words.ts";
import type { Finding } from "./finding.ts";
import type { CellReport, Difference } from "./report.ts";

/** Says which prompts no longer give plain's text, those that no near tie explains apart. */
export function equalityFindings({ before, after }: CellComparison): Finding[] {
  const known = new Set(differencesOf(before).map(({ prompt }) => prompt));
  const fresh = differencesOf(after).filter(({ prompt }) => !known.has(prompt));
  const bugs = fresh.filter((difference) => kindOf(difference) === "not-lossless");
  const others = fresh.filter((difference) => kindOf(difference) !== "not-lossless");
  const tell = (code: Finding["code"], differences: readonly Difference[]): Finding[] => {
    if (differences.length === 0) return [];
    const places = differences.map((each) => `${each.prompt} at ${wordDifference(each)}`);
    const text = `the text differs from plain's where it did not: ${places.join(", ")}`;
    return [{ code, cell: after, text, loss: differences.length }];
  };
  return [...tell("not-lossless", bugs), ...tell("text-differs", others)];
}

function differencesOf({ summary }: CellReport): readonly Difference[] {
  return summary?.sameAsPlain?.differences ?? [];
}
