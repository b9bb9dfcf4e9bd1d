import type { EmittedToken, GenerateEvent, RoundEvent } from "../decoding/events.ts";
import { forScreen } from "../text/sanitise.ts";
import type { Provenance, Span } from "./view.ts";

/** The modes in the order in which the key goes through them. */
export const provenances: readonly Provenance[] = ["off", "subtle", "full"];

/** Where text comes from, without the text. */
type Source = Omit<Span, "text">;

/** What reading an answer's events carries from one to the next. */
export interface SpanReader {
  /** Of the token whose text is held back, because a character or stop text is incomplete. */
  readonly held: Source | undefined;
}

/** Before the first event of an answer. */
export const newReader: SpanReader = { held: undefined };

/** The pieces of text that an event adds, with the token that was turned down before its correction. */
export function readSpans(
  { held }: SpanReader,
  event: GenerateEvent,
): { readonly reader: SpanReader; readonly spans: readonly Span[] } {
  switch (event.type) {
    case "prefill":
      return { reader: { held }, spans: [] };
    case "first-token":
      return readEmitted(held, event.emitted);
    case "round":
      return readEmitted(held, event.emitted, event);
    case "done":
      return { reader: newReader, spans: spanOf(held ?? { kind: "target" }, event.text) };
  }
}

/** All pieces of an answer. */
export function spansOf(events: Iterable<GenerateEvent>): Span[] {
  let reader = newReader;
  const all: Span[] = [];
  for (const event of events) {
    const { reader: next, spans } = readSpans(reader, event);
    reader = next;
    all.push(...spans);
  }
  return all;
}

/** Whether a piece is drawn. */
export function isShown({ kind }: Span, provenance: Provenance): boolean {
  return (kind !== "rejected" && kind !== "head") || provenance === "full";
}

function readEmitted(
  before: Source | undefined,
  emitted: readonly EmittedToken[],
  round?: RoundEvent,
): { reader: SpanReader; spans: Span[] } {
  let held = before;
  const spans: Span[] = [];
  for (const [i, token] of emitted.entries()) {
    if (token.origin === "correction" && round !== undefined) spans.push(...rejectedSpan(round));
    // Text that was held back belongs to the token that began it.
    const source = held ?? sourceOf(token, round, i);
    held = token.text === "" ? source : undefined;
    spans.push(...spanOf(source, token.text));
  }
  return { reader: { held }, spans };
}

/** @param depth drafted tokens of the round before it */
function sourceOf(
  { origin, q }: EmittedToken,
  round: RoundEvent | undefined,
  depth: number,
): Source {
  if (origin === "correction") return { kind: "correction" };
  if (origin === "bonus") return { kind: "target" };
  return { kind: "draft", ...draftFacts(q, round, depth) };
}

function rejectedSpan(round: RoundEvent): Span[] {
  const { rejected } = round;
  if (rejected === undefined) return [];
  // It is no part of the text, so it must not break its line.
  const text = rejected.text.replaceAll("\n", "↵");
  return spanOf({ kind: "rejected", ...draftFacts(rejected.q, round, round.accepted) }, text);
}

function draftFacts(
  q: number | undefined,
  round: RoundEvent | undefined,
  depth: number,
): Omit<Source, "kind"> {
  return {
    ...(q !== undefined && !Number.isNaN(q) && { q }),
    ...(round?.drafter !== undefined && { drafter: round.drafter }),
    // Each head drafts one token further ahead than the one before it.
    ...(round?.drafter === "heads" && { head: depth + 1 }),
  };
}

function spanOf(source: Source, text: string): Span[] {
  const shown = forScreen(text);
  if (shown === "") return [];
  const { head } = source;
  if (head === undefined) return [{ ...source, text: shown }];
  // The number stays on the line that its token is on, or begins to end.
  const end = shown.includes("\n") ? shown.indexOf("\n") : shown.length;
  const [line, rest] = [shown.slice(0, end), shown.slice(end)];
  return [
    ...(line === "" ? [] : [{ ...source, text: line }]),
    { text: headMark(head), kind: "head" },
    ...(rest === "" ? [] : [{ ...source, text: rest }]),
  ];
}

/** A head's number as it is drawn behind what it drafted, for example "₂". */
function headMark(head: number): string {
  return Array.from(String(head), (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");
}
