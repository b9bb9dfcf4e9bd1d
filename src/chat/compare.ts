import { emittedIn, type GenerateEvent } from "../decoding/events.ts";
import { type Counts, count, noCounts, tokensPerSecond } from "../decoding/metrics.ts";
import { nearTieGap } from "../decoding/near-tie.ts";
import { newReader, readSpans, type SpanReader } from "./provenance.ts";
import type { ComparedAnswer, ComparisonView, Span } from "./view.ts";

/** One of two answers that are compared, as far as it has come. */
export interface Side {
  readonly title: string;
  readonly spans: readonly Span[];
  readonly tokens: readonly number[];
  /** For each token the target's logit gap; NaN where unknown. */
  readonly gaps: readonly number[];
  readonly counts: Counts;
  readonly reader: SpanReader;
  readonly finished: boolean;
}

/** Two answers to one question. */
export interface Comparing {
  readonly side: "plain" | "speculative";
  readonly plain: Side;
  readonly speculative: Side;
  readonly temperature: number;
  readonly lossy: boolean;
}

/** A side before its first event. */
export function newSide(title: string): Side {
  const nothing = { spans: [], tokens: [], gaps: [] };
  return { title, ...nothing, counts: noCounts, reader: newReader, finished: false };
}

/** A side after more events. */
export function followSide(side: Side, events: readonly GenerateEvent[]): Side {
  let { counts, reader } = side;
  const spans: Span[] = [];
  for (const event of events) {
    counts = count(counts, event);
    const read = readSpans(reader, event);
    reader = read.reader;
    spans.push(...read.spans);
  }
  const emitted = events.flatMap(emittedIn);
  return {
    ...side,
    counts,
    reader,
    spans: [...side.spans, ...spans],
    tokens: [...side.tokens, ...emitted.map(({ token }) => token)],
    gaps: [...side.gaps, ...emitted.map(({ gap }) => gap ?? Number.NaN)],
    finished: events.some((event) => event.type === "done" && event.reason !== "aborted"),
  };
}

/** What the screen shows of a comparison. */
export function comparisonView(comparing: Comparing): ComparisonView {
  const { plain, speculative } = comparing;
  return {
    plain: sideView(plain),
    speculative: sideView(speculative),
    ratio: tokensPerSecond(speculative.counts) / tokensPerSecond(plain.counts),
    verdict: verdictOn(comparing),
  };
}

/** Whether the texts are equal, or where they part and how that is to be read. */
export function verdictOn({ plain, speculative, temperature, lossy }: Comparing): string {
  if (!plain.finished || !speculative.finished)
    return "Not compared: it was stopped before its end.";
  const at = firstDifference(plain.tokens, speculative.tokens);
  if (at === undefined) return `Both answers are the same ${plain.tokens.length} tokens.`;
  const place = `The answers part at token ${at}`;
  if (temperature > 0) {
    const rule = lossy ? ", and typical acceptance is lossy" : "";
    return `${place}, by chance at temperature ${temperature}${rule}; /temp 0 compares texts.`;
  }
  const gap = plain.gaps[at] ?? Number.NaN;
  if (Number.isNaN(gap)) return `${place}; this engine does not tell the logit gap there.`;
  if (gap < nearTieGap) {
    return `${place} (near tie ${gap.toFixed(2)}): a batch rounds differently from single steps, no bug.`;
  }
  return `${place} (gap ${gap.toFixed(2)}, not a near tie): possibly a bug, please report it.`;
}

function sideView({ title, spans, counts }: Side): ComparedAnswer {
  return { title, spans, tokensPerSecond: tokensPerSecond(counts) };
}

function firstDifference(a: readonly number[], b: readonly number[]): number | undefined {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return undefined;
}
