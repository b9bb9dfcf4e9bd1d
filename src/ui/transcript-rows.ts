import type { Provenance, TranscriptItem } from "../chat/view.ts";
import { answerRows } from "./answer-rows.ts";
import { comparisonRows } from "./comparison-rows.ts";
import { listRows } from "./list-rows.ts";
import { type Row, segment, wrapBehind, wrapSegments } from "./row.ts";
import { marks, type Theme } from "./theme.ts";

/** How finished things are drawn. */
export interface TranscriptLook {
  readonly width: number;
  readonly theme: Theme;
  /** For what has none of its own. */
  readonly provenance: Provenance;
}

const blank: Row = [];

/** Something finished in rows of `width` columns at most, with the blank rows around it. */
export function transcriptRows(item: TranscriptItem, look: TranscriptLook): Row[] {
  const { width, theme } = look;
  switch (item.type) {
    case "banner":
      return item.lines.flatMap((line, index) =>
        wrapSegments([segment(line, index === 0 ? "strong" : "dim")], width),
      );
    case "question":
      return [
        blank,
        ...wrapBehind(segment(marks.prompt, "mark"), [segment(item.text, "strong")], width),
      ];
    case "answer":
      return answerRows(item, width, theme);
    case "figures":
      return wrapSegments([segment(item.text, "dim")], width);
    case "note":
      return noteRows(item, width);
    case "list":
      return [blank, ...listRows(item.title, item.rows, width)];
    case "comparison":
      return [blank, ...comparisonRows(item.comparison, look)];
  }
}

type Note = Extract<TranscriptItem, { readonly type: "note" }>;

function noteRows({ level, text, hint }: Note, width: number): Row[] {
  const rows =
    level === "info"
      ? wrapBehind(segment(marks.info, "dim"), [segment(text)], width)
      : wrapSegments([segment(`${level}: `, level), segment(text)], width);
  const hintRows =
    hint === undefined ? [] : wrapSegments([segment("hint: ", "dim"), segment(hint)], width);
  return [...rows, ...hintRows];
}
