import { type RunRecord, unrepeatedPrompts } from "./comparison.ts";
import { type DifferenceKind, kindOf, wordDifference } from "./difference-words.ts";
import type { BenchWarning, CellSummary, Comparison } from "./report.ts";

/** What a reader of one cell's figures should know. */
export function cellWarnings(
  runs: readonly RunRecord[],
  { sameAsPlain, deviationRate }: Pick<CellSummary, "sameAsPlain" | "deviationRate">,
  greedy: boolean,
): BenchWarning[] {
  return [
    ...lossyWarnings(deviationRate),
    ...differenceWarnings(sameAsPlain),
    ...(greedy ? repeatWarnings(runs) : []),
    ...contextWarnings(runs),
  ];
}

function lossyWarnings(deviationRate: number | null): BenchWarning[] {
  if (deviationRate === null) return [];
  const share = (deviationRate * 100).toFixed(1);
  return [
    {
      code: "lossy",
      text: `${share}% of the tokens are not those that the exact rule would have chosen`,
      hint: "Typical acceptance is lossy: the text is not distributed as the target's. Leave --accept typical out where that matters.",
    },
  ];
}

const differenceCodes: Readonly<Record<DifferenceKind, Omit<BenchWarning, "text">>> = {
  "not-lossless": {
    code: "not-lossless",
    hint: "Not a near tie: possible bug. Please report it with this report's JSON.",
  },
  "near-tie": {
    code: "near-tie",
    hint: "A batch rounds differently from single steps, which can flip a near tie; no bug.",
  },
  unknown: {
    code: "text-differs",
    hint: "This engine does not tell the logit gap there; --engine libllama does.",
  },
};

function differenceWarnings(comparison: Comparison | null): BenchWarning[] {
  if (comparison === null) return [];
  const kinds: readonly DifferenceKind[] = ["not-lossless", "near-tie", "unknown"];
  return kinds.flatMap((kind) => {
    const differences = comparison.differences.filter((each) => kindOf(each) === kind);
    if (differences.length === 0) return [];
    const places = differences.map((each) => `${each.prompt} at ${wordDifference(each)}`);
    const text = `the text first differs from plain's in ${places.join(", ")}`;
    return [{ ...differenceCodes[kind], text }];
  });
}

function repeatWarnings(runs: readonly RunRecord[]): BenchWarning[] {
  const prompts = unrepeatedPrompts(runs);
  if (prompts.length === 0) return [];
  return [
    {
      code: "not-repeatable",
      text: `repetitions at temperature 0 gave different tokens in ${prompts.join(", ")}`,
      hint: "The backend does not repeat itself, so differences from plain prove nothing.",
    },
  ];
}

function contextWarnings(runs: readonly RunRecord[]): BenchWarning[] {
  const full = runs.filter(({ sample }) => sample.doneReason === "context");
  if (full.length === 0) return [];
  return [
    {
      code: "context-full",
      text: `${full.length} of ${runs.length} runs ended because the context was full`,
      hint: "Raise --ctx or lower --max-tokens.",
    },
  ];
}
