import { type RunRecord, unrepeatedPrompts } from "./comparison.ts";
import { type DifferenceKind, kindOf, wordDifference } from "./difference-words.ts";
import type { BenchWarning, Cell, CellSummary, Comparison } from "./report.ts";

/** What a reader of one cell's figures should know. */
export function cellWarnings(
  { method, temp, adaptive }: Pick<Cell, "method" | "temp" | "adaptive">,
  runs: readonly RunRecord[],
  { sameAsPlain, deviationRate }: Pick<CellSummary, "sameAsPlain" | "deviationRate">,
): BenchWarning[] {
  const codes = method === "baseline" ? baselineCodes : differenceCodes;
  return [
    ...lossyWarnings(deviationRate),
    ...differenceWarnings(sameAsPlain, codes),
    ...(temp <= 0 ? repeatWarnings(runs, adaptive) : []),
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

type DifferenceCodes = Readonly<Record<DifferenceKind, Omit<BenchWarning, "text">>>;

const differenceCodes: DifferenceCodes = {
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

/** What node-llama-cpp writes is its own affair. */
const baselineCodes: DifferenceCodes = {
  ...differenceCodes,
  "not-lossless": {
    code: "baseline-differs",
    hint: "Not a near tie: node-llama-cpp's own decoding writes another text here, so its speed is of other tokens.",
  },
};

function differenceWarnings(comparison: Comparison | null, codes: DifferenceCodes): BenchWarning[] {
  if (comparison === null) return [];
  const kinds: readonly DifferenceKind[] = ["not-lossless", "near-tie", "unknown"];
  return kinds.flatMap((kind) => {
    const differences = comparison.differences.filter((each) => kindOf(each) === kind);
    if (differences.length === 0) return [];
    const places = differences.map((each) => `${each.prompt} at ${wordDifference(each)}`);
    const text = `the text first differs from plain's in ${places.join(", ")}`;
    return [{ ...codes[kind], text }];
  });
}

/** A draft length that follows the machine's mood makes other batches in each repetition. */
function repeatWarnings(runs: readonly RunRecord[], adaptive: boolean): BenchWarning[] {
  const prompts = unrepeatedPrompts(runs);
  if (prompts.length === 0) return [];
  return [
    {
      code: "not-repeatable",
      text: `repetitions at temperature 0 gave different tokens in ${prompts.join(", ")}`,
      hint: adaptive
        ? "Each repetition chose other draft lengths, and batches of other sizes round differently, which can flip a near tie."
        : "The backend does not repeat itself, so differences from plain prove nothing.",
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
