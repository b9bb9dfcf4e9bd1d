import type { Provenance, Span } from "../chat/view.ts";
import { mergeSegments, type Segment, segment } from "./row.ts";
import { marks, type StyleName, type Theme } from "./theme.ts";

/** From which probability on a drafter counts as sure, and as likely right. */
const sure = 0.9;
const likely = 0.5;

/**
 * Pieces of an answer as what is drawn: neighbours of the same look are one segment. Rejected tokens
 * and numbers of heads are shown in full mode only, without line breaks of their own.
 */
export function spanSegments(
  spans: readonly Span[],
  provenance: Provenance,
  theme: Theme,
): Segment[] {
  const shown = provenance === "full" ? spans : spans.filter(isOfAnswer);
  return mergeSegments(
    shown.map((span) =>
      span.kind === "rejected"
        ? segment(rejectedText(span.text, theme), "rejected")
        : segment(span.text, spanStyle(span, provenance)),
    ),
  );
}

function isOfAnswer({ kind }: Span): boolean {
  return kind !== "rejected" && kind !== "head";
}

/** How a piece of an answer looks. */
export function spanStyle({ kind, q, drafter }: Span, provenance: Provenance): StyleName {
  if (provenance === "off") return "plain";
  if (provenance === "subtle") return kind === "draft" ? "draft" : "plain";
  if (kind === "head") return "dim";
  if (kind !== "draft") return kind === "target" ? "plain" : kind;
  const origin = drafter === "ngram" ? "lookup" : "draft";
  if (q === undefined || Number.isNaN(q)) return origin;
  if (q >= sure) return `${origin}-sure`;
  return q >= likely ? `${origin}-likely` : `${origin}-unsure`;
}

function rejectedText(text: string, { rejectedBrackets: [open, close] }: Theme): string {
  return `${open}${text.replaceAll("\n", marks.newline)}${close}`;
}
