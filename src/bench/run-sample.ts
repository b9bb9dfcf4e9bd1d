import { type DoneReason, emittedIn, type GenerateEvent } from "../decoding/events.ts";
import { count, decodeMs, noCounts } from "../decoding/metrics.ts";
import { reasoningCounts } from "../decoding/reasoning-counts.ts";
import type { GenerateRequest, Pair } from "../engine/pair.ts";
import type { RunRecord } from "./comparison.ts";
import type { BenchPrompt, Sample } from "./report.ts";
import { passTime, stallMs } from "./stalls.ts";

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
  const events: GenerateEvent[] = [];
  try {
    for await (const event of pair.generate(order.request, signal)) events.push(event);
  } catch (error) {
    // A pair may answer an abort with an error; what it says then is the abort itself.
    if (signal?.aborted) return undefined;
    throw error;
  }
  const done = events.at(-1);
  if (done?.type !== "done" || done.reason === "aborted") return undefined;
  return recordOf(order, events, { reason: done.reason, text: done.text });
}

function recordOf(
  { prompt, repetition }: RunOrder,
  events: readonly GenerateEvent[],
  end: { readonly reason: Exclude<DoneReason, "aborted">; readonly text: string },
): RunRecord {
  const counts = events.reduce(count, noCounts);
  const rounds = events.filter((event) => event.type === "round");
  const emitted = events.flatMap(emittedIn);
  const reasoning = reasoningCounts(events);
  const { passTokens: _, ...counted } = counts;
  const sample: Sample = {
    prompt: prompt.id,
    category: prompt.category,
    repetition,
    ...counted,
    decodeMs: decodeMs(counts),
    stallMs: stallMs(rounds.map(passTime)),
    doneReason: end.reason,
    text: emitted.map(({ text }) => text).join("") + end.text,
    tokenIds: emitted.map(({ token }) => token),
    ...(reasoning && { reasoning }),
  };
  const tested = rounds.flatMap((round) => round.tested ?? []);
  return {
    sample,
    gaps: emitted.map(({ gap }) => gap ?? Number.NaN),
    ...(tested.length > 0 && { tested }),
  };
}
