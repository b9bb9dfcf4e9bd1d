import { runKey } from "./comparison.ts";
import type { Sample } from "./report.ts";
import type { RunPair } from "./speedup.ts";

/** Tokens after the first, which the prefill gives; after all that came with the prefill. */
export function decodedTokens({ tokens, prefillTokens = 1 }: Sample): number {
  return Math.max(0, tokens - prefillTokens);
}

/** A cell's runs beside plain's of the same prompt and repetition, by prompt; others are left out. */
export function pairRuns(
  samples: readonly Sample[],
  plain: readonly Sample[],
): ReadonlyMap<string, readonly RunPair[]> {
  const plainByRun = new Map(plain.map((sample) => [runKey(sample), sample]));
  const byPrompt = new Map<string, RunPair[]>();
  for (const sample of samples) {
    const other = plainByRun.get(runKey(sample));
    if (other === undefined) continue;
    const pairs = byPrompt.get(sample.prompt) ?? [];
    pairs.push({
      tokens: decodedTokens(sample),
      ms: sample.decodeMs,
      plainTokens: decodedTokens(other),
      plainMs: other.decodeMs,
    });
    byPrompt.set(sample.prompt, pairs);
  }
  return byPrompt;
}
