import { geometricMean } from "../statistics.ts";
import { byPrompt } from "./by-prompt.ts";
import type { BenchWarning, CellReport, CellSummary } from "./report.ts";
import { decodedTokens } from "./run-pairs.ts";

/**
 * A reason to distrust a measured speedup. `above-tokens-per-pass`: a pass costs at least a plain step,
 * so a speedup cannot exceed the tokens that a pass emits. `far-from-predicted`: the measured costs and
 * the accepted tokens predict a very different speedup.
 */
export type Implausibility = NonNullable<CellSummary["implausible"]>[number];

/** Predicted and measured speedups further apart than this factor are of different machines. */
const farApart = 1.5;

/** What a speedup is held against. */
export interface PlausibilityCheck {
  /** Noise margin: share of 1 by which equal things seem to differ. */
  readonly margin: number;
  /** Whether the measured costs, and so the prediction, can be relied on. */
  readonly trustsCosts: boolean;
}

/** Marks a cell whose speedup cannot be right, with a warning that says why. */
export function withPlausibility(
  cell: CellReport,
  { margin, trustsCosts }: PlausibilityCheck,
): CellReport {
  const { summary, predicted } = cell;
  if (cell.method !== "speculative" || !summary?.speedup) return cell;
  const { estimate } = summary.speedup;
  const tokens = tokensPerPass(cell);
  const found: { readonly reason: Implausibility; readonly text: string }[] = [];
  if (tokens !== null && estimate > tokens * (1 + margin)) {
    const text = `×${estimate.toFixed(2)} is impossible: a pass emits ${tokens.toFixed(2)} tokens and costs at least a plain step`;
    found.push({ reason: "above-tokens-per-pass", text });
  }
  if (
    trustsCosts &&
    typeof predicted === "number" &&
    Math.abs(Math.log(estimate / predicted)) > Math.log(farApart)
  ) {
    const text = `×${estimate.toFixed(2)} was measured, but the batch costs and the accepted tokens predict ×${predicted.toFixed(2)}`;
    found.push({ reason: "far-from-predicted", text });
  }
  if (found.length === 0) return cell;
  const warnings = found.map(({ text }): BenchWarning => ({ code: "implausible", text, hint }));
  return {
    ...cell,
    summary: {
      ...summary,
      verdict: "undecided",
      implausible: found.map(({ reason }) => reason),
    },
    warnings: [...cell.warnings, ...warnings],
  };
}

const hint = "Other programs slowed some of these runs. Close them and run the bench again.";

/** Whether nothing speaks against a cell's speedup. */
export function isPlausible({ summary }: CellReport): boolean {
  return (summary?.implausible ?? []).length === 0;
}

/** Tokens per pass, as the speedup counts them: the geometric mean over prompts. */
function tokensPerPass({ samples }: CellReport): number | null {
  const prompts = [...byPrompt(samples).values()].map((runs) => ({
    tokens: runs.reduce((sum, run) => sum + decodedTokens(run), 0),
    passes: runs.reduce((sum, run) => sum + run.passes, 0),
  }));
  const decoded = prompts.filter(({ tokens, passes }) => tokens > 0 && passes > 0);
  if (decoded.length === 0) return null;
  return geometricMean(decoded.map(({ tokens, passes }) => tokens / passes));
}
