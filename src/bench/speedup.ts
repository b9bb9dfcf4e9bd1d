import type { Speedup } from "./report.ts";
import { type BootstrapOptions, type PromptRatio, ratioOverPrompts } from "./robust-ratio.ts";

/** A cell's run and plain's run of the same prompt and repetition. */
export interface RunPair {
  /** Tokens after the first. */
  readonly tokens: number;
  /** Time for them, in ms. */
  readonly ms: number;
  readonly plainTokens: number;
  readonly plainMs: number;
}

/**
 * The speedup over plain, as `ratioOverPrompts` estimates it.
 *
 * @param byPrompt the repetitions of each prompt
 * @returns null if no pair decoded anything
 */
export function pairedSpeedup(
  byPrompt: readonly (readonly RunPair[])[],
  options: BootstrapOptions,
): Speedup | null {
  return ratioOverPrompts(speedupRatios(byPrompt), options);
}

/** The factors of each prompt's speedup; prompts that decoded nothing are left out. */
export function speedupRatios(byPrompt: readonly (readonly RunPair[])[]): PromptRatio[] {
  const measured = byPrompt.map((pairs) => pairs.filter(decoded)).filter((g) => g.length > 0);
  return measured.map((pairs) => [
    { msPerToken: pairs.map(plainMsPerToken), power: 1 },
    { msPerToken: pairs.map(msPerToken), power: -1 },
  ]);
}

/** A text of one token was never decoded, so it has no speed. */
export function decoded({ tokens, ms, plainTokens, plainMs }: RunPair): boolean {
  return tokens > 0 && ms > 0 && plainTokens > 0 && plainMs > 0;
}

export function msPerToken({ tokens, ms }: RunPair): number {
  return ms / tokens;
}

export function plainMsPerToken({ plainTokens, plainMs }: RunPair): number {
  return plainMs / plainTokens;
}
