import type { Speedup } from "./report.ts";
import { type BootstrapOptions, type Factor, ratioOverPrompts } from "./robust-ratio.ts";
import { decoded, msPerToken, plainMsPerToken, type RunPair } from "./speedup.ts";

/** The runs of one prompt in an earlier and a later report. */
export interface PromptRuns {
  readonly before: readonly RunPair[];
  readonly after: readonly RunPair[];
}

/** The figures of two reports to divide: speedups over plain, or tokens/s as they are. */
export type RatioOf = "speedup" | "rate";

/**
 * A figure of the later report over the same figure of the earlier one, as `ratioOverPrompts`
 * estimates it: both reports are compared prompt by prompt, since a prompt is as hard in one as in
 * the other.
 *
 * @returns null if no prompt was decoded in both
 */
export function pairedRatio(
  prompts: readonly PromptRuns[],
  of: RatioOf,
  options: BootstrapOptions,
): Speedup | null {
  const both = prompts
    .map(({ before, after }) => ({ before: before.filter(decoded), after: after.filter(decoded) }))
    .filter(({ before, after }) => before.length > 0 && after.length > 0);
  const ratios = both.map(({ before, after }) => [
    ...figure(before, of, 1),
    ...figure(after, of, -1),
  ]);
  return ratioOverPrompts(ratios, options);
}

/** @param power that of the cell's own ms per token */
function figure(pairs: readonly RunPair[], of: RatioOf, power: 1 | -1): Factor[] {
  const own: Factor = { msPerToken: pairs.map(msPerToken), power };
  if (of === "rate") return [own];
  return [own, { msPerToken: pairs.map(plainMsPerToken), power: power === 1 ? -1 : 1 }];
}
