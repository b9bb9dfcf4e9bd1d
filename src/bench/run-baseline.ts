import type { BaselineRequest, BaselineRunner } from "../engine/baseline.ts";
import type { GenerateRequest } from "../engine/pair.ts";
import type { BaselineCell } from "./baseline-cells.ts";
import type { RunRecord } from "./comparison.ts";
import type { RunOrder } from "./run-sample.ts";

/** What a baseline cell asks for where specdec's own cells ask for `request`. */
export function baselineRequest(
  { baseline, draftLen }: BaselineCell,
  { prompt, sampler, seed, maxTokens }: GenerateRequest,
): BaselineRequest {
  return { method: baseline, draftLength: draftLen, prompt, sampler, seed, maxTokens };
}

/**
 * Runs one generation by node-llama-cpp's own API to its end.
 *
 * @returns undefined when the signal stopped it
 */
export async function runBaseline(
  runner: BaselineRunner,
  cell: BaselineCell,
  { prompt, repetition, request }: RunOrder,
  signal: AbortSignal | undefined,
): Promise<RunRecord | undefined> {
  const run = await runner.run(baselineRequest(cell, request), signal);
  if (run === undefined) return undefined;
  const { tokenIds, text, reason, counts, promptTokens, firstTokenMs, decodeMs } = run;
  const sample = {
    prompt: prompt.id,
    category: prompt.category,
    repetition,
    tokens: tokenIds.length,
    ...counts,
    deviations: 0,
    plannedSizes: [],
    draftedSizes: [],
    modelReads: [],
    modelBatches: [],
    probes: 0,
    decodeMs,
    firstTokenMs,
    // Its first batch has the prompt and the first predictions in it, and passes are not timed.
    ...{ prefillMs: null, draftMs: null, verifyMs: null, overheadMs: null },
    promptTokens,
    reusedTokens: 0,
    doneReason: reason,
    text,
    tokenIds: [...tokenIds],
  };
  return { sample, gaps: [] };
}
