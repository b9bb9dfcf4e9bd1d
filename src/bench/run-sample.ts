import type { DoneReason, EmittedToken, GenerateEvent } from "../decoding/events.ts";
import { type Counts, count, decodeMs, noCounts } from "../decoding/metrics.ts";
import type { GenerateRequest, Pair } from "../engine/pair.ts";
import type { RunRecord } from "./comparison.ts";
import type { BenchPrompt, Sample } from "./report.ts";
import { type PassTime, passTime, stallMs } from "./stalls.ts";

/** One run to make. */
export interface RunOrder {
  readonly prompt: BenchPrompt;
  readonly repetition: number;
  readonly request: GenerateRequest;
}

/**
 * Runs one generation to its end.
 *
 * @returns undefined when the signal stopped it: half a run is no sample
 */
export async function runSample(
  pair: Pair,
  order: RunOrder,
  signal: AbortSignal | undefined,
): Promise<RunRecord | undefined> {
  let counts = noCounts;
  const passes: PassTime[] = [];
  const emitted: EmittedToken[] = [];
  let done: Extract<GenerateEvent, { type: "done" }> | undefined;
  try {
    for await (const event of pair.generate(order.request, signal)) {
      counts = count(counts, event);
      if (event.type === "round") passes.push(passTime(event));
      if (event.type === "done") done = event;
      else if (event.type !== "prefill") emitted.push(...event.emitted);
    }
  } catch (error) {
    // A pair may answer an abort with an error; what it says then is the abort itself.
    if (signal?.aborted) return undefined;
    throw error;
  }
  if (done === undefined || done.reason === "aborted") return undefined;
  return recordOf(order, { counts, passes, emitted }, { reason: done.reason, text: done.text });
}

function recordOf(
  { prompt, repetition }: RunOrder,
  run: {
    readonly counts: Counts;
    readonly passes: readonly PassTime[];
    readonly emitted: readonly EmittedToken[];
  },
  end: { readonly reason: Exclude<DoneReason, "aborted">; readonly text: string },
): RunRecord {
  const { counts, passes, emitted } = run;
  const { passTokens: _, ...counted } = counts;
  const sample: Sample = {
    prompt: prompt.id,
    category: prompt.category,
    repetition,
    ...counted,
    decodeMs: decodeMs(counts),
    stallMs: stallMs(passes),
    doneReason: end.reason,
    text: emitted.map(({ text }) => text).join("") + end.text,
    tokenIds: emitted.map(({ token }) => token),
  };
  return { sample, gaps: emitted.map(({ gap }) => gap ?? Number.NaN) };
}
