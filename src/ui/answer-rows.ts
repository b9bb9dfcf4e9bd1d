import type { Provenance, Span } from "../chat/view.ts";
import { type Row, type Segment, wrapSegments } from "./row.ts";
import { spanSegments } from "./span-style.ts";
import type { Theme } from "./theme.ts";

/** Some of an answer, and how it is to look. */
export interface AnswerPart {
  readonly spans: readonly Span[];
  readonly provenance: Provenance;
  /** False where it goes on in the middle of a line. */
  readonly startsLine: boolean;
}

/**
 * A part of an answer in rows. A newline at its end is its own end and makes no empty row, and so is
 * one at the begin of a part that goes on in a line: that line's rows are drawn already.
 */
export function answerRows(part: AnswerPart, width: number, theme: Theme): Row[] {
  const segments = spanSegments(part.spans, part.provenance, theme);
  const rest = part.startsLine ? segments : withoutFirstNewline(segments);
  if (!part.startsLine && rest.length === 0) return [];
  return wrapSegments(withoutLastNewline(rest), width);
}

function withoutFirstNewline(segments: readonly Segment[]): readonly Segment[] {
  const first = segments[0];
  if (first === undefined || !first.text.startsWith("\n")) return segments;
  const text = first.text.slice(1);
  return [...(text === "" ? [] : [{ ...first, text }]), ...segments.slice(1)];
}

function withoutLastNewline(segments: readonly Segment[]): readonly Segment[] {
  const last = segments.at(-1);
  if (last === undefined || !last.text.endsWith("\n")) return segments;
  return [...segments.slice(0, -1), { ...last, text: last.text.slice(0, -1) }];
}
