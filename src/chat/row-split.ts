import { rowWidth, wrapText } from "../text/wrap-text.ts";
import { isShown } from "./provenance.ts";
import type { Provenance, Span } from "./view.ts";

/** How spans are drawn. */
export interface Drawing {
  /** Cells in a row of the terminal. */
  readonly columns: number;
  readonly provenance: Provenance;
}

/** Spans cut in two. */
export interface Halves {
  readonly before: readonly Span[];
  readonly after: readonly Span[];
}

/**
 * Cuts spans where their last row begins, by the rows that the screen breaks them into, so that what
 * comes before it fills its rows and what is left begins a row.
 *
 * @returns undefined where they fill no more than `rows` rows
 */
export function cutBeforeLastRow(
  spans: readonly Span[],
  rows: number,
  { columns, provenance }: Drawing,
): Halves | undefined {
  const text = spans.map((span) => (isShown(span, provenance) ? span.text : "")).join("");
  const all = wrapText(text, rowWidth(columns), "hang");
  const start = all.at(-1)?.start ?? 0;
  if (all.length <= rows || start === 0) return undefined;
  let before = 0;
  for (const [index, span] of spans.entries()) {
    const length = isShown(span, provenance) ? span.text.length : 0;
    if (start < before + length) return cutAt(spans, index, start - before);
    before += length;
  }
  return undefined;
}

/** Cuts spans at an offset of one of them; `skip` characters there go to neither half. */
export function cutAt(spans: readonly Span[], index: number, offset: number, skip = 0): Halves {
  const span = spans[index] as Span;
  const head = { ...span, text: span.text.slice(0, offset) };
  const tail = { ...span, text: span.text.slice(offset + skip) };
  return {
    before: [...spans.slice(0, index), ...(head.text === "" ? [] : [head])],
    after: [...(tail.text === "" ? [] : [tail]), ...spans.slice(index + 1)],
  };
}
