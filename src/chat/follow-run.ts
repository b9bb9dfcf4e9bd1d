import { emittedIn, type GenerateEvent } from "../decoding/events.ts";
import { count } from "../decoding/metrics.ts";
import { addItems } from "./actions.ts";
import { answerItem } from "./answer-items.ts";
import { followSide } from "./compare.ts";
import { addEvents } from "./event-log.ts";
import { pushSpans } from "./live.ts";
import { readSpans } from "./provenance.ts";
import type { ChatState, Run } from "./state.ts";
import type { Span } from "./view.ts";

const keptPasses = 24;

/** The chat after events of what runs; they come too late where nothing does. */
export function followRun(state: ChatState, events: readonly GenerateEvent[]): ChatState {
  const { phase } = state;
  if (phase.type === "running") return followAnswer(withPasses(state, events), phase.run, events);
  if (phase.type !== "comparing") return state;
  const { comparing } = phase;
  const side = followSide(comparing[comparing.side], events);
  return {
    ...withPasses(state, events),
    phase: { type: "comparing", comparing: { ...comparing, [comparing.side]: side } },
  };
}

/** A comparison goes on with its second answer. */
export function nextSide(state: ChatState): ChatState {
  if (state.phase.type !== "comparing") return state;
  const comparing = { ...state.phase.comparing, side: "speculative" as const };
  return { ...state, phase: { type: "comparing", comparing } };
}

function followAnswer(state: ChatState, run: Run, events: readonly GenerateEvent[]): ChatState {
  const spans: Span[] = [];
  let { reader, counts, text, reading } = run;
  for (const event of events) {
    counts = count(counts, event);
    text += textIn(event);
    reading = readingAfter(reading, event);
    const read = readSpans(reader, event);
    reader = read.reader;
    spans.push(...read.spans);
  }
  const { columns, provenance } = state;
  const { live, committed } = pushSpans(run.live, spans, { columns, provenance });
  const log = addEvents(run.events, events);
  const next: Run = { ...run, reader, counts, text, reading, live, events: log };
  return addItems(
    { ...state, phase: { type: "running", run: next } },
    committed.map(answerItem(provenance)),
  );
}

function textIn(event: GenerateEvent): string {
  if (event.type === "done") return event.text;
  return emittedIn(event)
    .map(({ text }) => text)
    .join("");
}

function readingAfter(reading: Run["reading"], event: GenerateEvent): Run["reading"] {
  if (event.type === "first-token") return undefined;
  if (event.type !== "prefill" || event.model !== "target" || reading === undefined) return reading;
  return { done: event.done, total: event.total };
}

function withPasses(state: ChatState, events: readonly GenerateEvent[]): ChatState {
  let { contextTokens } = state;
  const passes = [...state.passes];
  for (const event of events) {
    if (event.type === "prefill" && event.model === "target") contextTokens = event.done;
    if (event.type !== "round") continue;
    contextTokens = event.contextTokens;
    passes.push({ accepted: event.accepted, drafted: event.drafted.length });
  }
  return { ...state, contextTokens, passes: passes.slice(-keptPasses) };
}
