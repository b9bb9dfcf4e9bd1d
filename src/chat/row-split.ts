import stringWidth from "string-width";
import { isShown } from "./provenance.ts";
import type { Provenance, Span } from "./view.ts";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

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
 * Cuts spans where their last row begins, so that what comes before it fills its rows.
 *
 * @returns undefined where they fill fewer than `rows` rows
 */
export function cutBeforeLastRow(
  spans: readonly Span[],
  rows: number,
  { columns, provenance }: Drawing,
): Halves | undefined {
  let full = 0;
  let cells = 0;
  let lastRow: { readonly span: number; readonly offset: number } | undefined;
  for (const [span, each] of spans.entries()) {
    if (!isShown(each, provenance)) continue;
    for (const { segment, index: offset } of segmenter.segment(each.text)) {
      const width = segment === "\n" ? 0 : stringWidth(segment);
      const overflows = cells > 0 && cells + width > columns;
      if (overflows || segment === "\n") full++;
      if (overflows) lastRow = { span, offset };
      cells = overflows || segment === "\n" ? width : cells + width;
    }
  }
  if (full < rows || lastRow === undefined) return undefined;
  return cutAt(spans, lastRow.span, lastRow.offset);
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
