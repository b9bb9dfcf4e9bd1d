import type { CellComparison } from "./compare.ts";
import { kindOf, wordDifference } from "./difference-words.ts";
import type { Finding } from "./finding.ts";
import type { CellReport, Difference } from "./report.ts";

/**
 * Says which prompts no longer give plain's text as far as they did, those that no near tie explains
 * apart.
 */
export function equalityFindings({ before, after }: CellComparison): Finding[] {
  const known = new Map(differencesOf(before).map((each) => [each.prompt, each]));
  const fresh = differencesOf(after).filter((each) => isNew(each, known.get(each.prompt)));
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

/** A near tie that was there excuses none before it, and nothing that is no near tie. */
function isNew(now: Difference, before: Difference | undefined): boolean {
  if (before === undefined) return true;
  if (kindOf(now) === "not-lossless") return kindOf(before) !== "not-lossless";
  return now.position < before.position;
}

function differencesOf({ summary }: CellReport): readonly Difference[] {
  return summary?.sameAsPlain?.differences ?? [];
}
