import { widthOf } from "../text/cells.ts";
import { isShown } from "./provenance.ts";
import { cutAt, cutBeforeLastRow, type Drawing, type Halves } from "./row-split.ts";
import type { Span } from "./view.ts";

/** The end of an answer that has not scrolled away: its last line, or what is left of it. */
export interface Live {
  readonly spans: readonly Span[];
  /** False where it goes on in the middle of a line. */
  readonly startsLine: boolean;
  /** About as many cells as the spans take; more where characters span tokens. */
  readonly cells: number;
}

/** A part of an answer that leaves the live part. */
export interface Committed {
  readonly spans: readonly Span[];
  readonly startsLine: boolean;
}

/** What a step commits, and what stays. */
export interface LiveStep {
  readonly live: Live;
  readonly committed: readonly Committed[];
}

/** A line that fills more rows than these gives up all but its last one. */
const mostRows = 4;
/** Blank lines wait for the text behind them, but not for ever. */
const mostBlankLines = 4;

/** Before the first token. */
export const emptyLive: Live = { spans: [], startsLine: true, cells: 0 };

/**
 * Adds spans to an answer. Whole lines are committed without the newline at their end; newlines that
 * follow it stay with the text behind them. The time goes with the added text: what stays live has
 * a few rows at most.
 */
export function pushSpans(live: Live, added: readonly Span[], drawing: Drawing): LiveStep {
  const lines = commitLines({ ...live, spans: [...live.spans, ...added] }, drawing);
  const cells = lines.whole
    ? cellsOf(lines.live.spans, drawing)
    : live.cells + cellsOf(added, drawing);
  const rows = commitRows({ ...lines.live, cells }, drawing);
  return { live: rows.live, committed: [...lines.committed, ...rows.committed] };
}

/** Commits what is left at the end of an answer, without blank lines at its end. */
export function finishLive(live: Live, drawing: Drawing): readonly Committed[] {
  const text = live.spans.filter((span) => isShown(span, drawing.provenance));
  const blank = text.every((span) => /^\n*$/.test(span.text));
  return blank ? [] : [{ spans: live.spans, startsLine: live.startsLine }];
}

function commitLines(live: Live, drawing: Drawing): LiveStep & { readonly whole: boolean } {
  const end = lastLineEnd(live.spans, drawing) ?? endOfBlankLines(live.spans);
  if (end === undefined) return { live, committed: [], whole: false };
  const { before, after } = cutAt(live.spans, end.span, end.offset, 1);
  return {
    live: { spans: after, startsLine: true, cells: 0 },
    committed: [{ spans: before, startsLine: live.startsLine }],
    whole: true,
  };
}

interface Place {
  readonly span: number;
  readonly offset: number;
}

/** The last newline that ends a line with text in it. */
function lastLineEnd(spans: readonly Span[], { provenance }: Drawing): Place | undefined {
  let end: Place | undefined;
  let blank = true;
  for (const [span, each] of spans.entries()) {
    if (!isShown(each, provenance)) continue;
    for (let offset = 0; offset < each.text.length; offset++) {
      const newline = each.text[offset] === "\n";
      if (newline && !blank) end = { span, offset };
      blank = newline;
    }
  }
  return end;
}

/** The last newline of too many. */
function endOfBlankLines(spans: readonly Span[]): Place | undefined {
  const newlines = spans.flatMap(({ text }, span) =>
    [...text.matchAll(/\n/g)].map(({ index: offset }) => ({ span, offset })),
  );
  return newlines.length > mostBlankLines ? newlines.at(-1) : undefined;
}

function commitRows(live: Live, drawing: Drawing): LiveStep {
  if (live.cells <= mostRows * drawing.columns) return { live, committed: [] };
  const halves: Halves | undefined = cutBeforeLastRow(live.spans, mostRows, drawing);
  // Less than it looked: from here on the count is right.
  if (halves === undefined) {
    return { live: { ...live, cells: cellsOf(live.spans, drawing) }, committed: [] };
  }
  return {
    live: { spans: halves.after, startsLine: false, cells: cellsOf(halves.after, drawing) },
    committed: [{ spans: halves.before, startsLine: live.startsLine }],
  };
}

function cellsOf(spans: readonly Span[], { provenance }: Drawing): number {
  const shown = spans.filter((span) => isShown(span, provenance));
  return shown.reduce((sum, { text }) => sum + widthOf(text), 0);
}
