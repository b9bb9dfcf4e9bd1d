import type { ComparedAnswer, ComparisonView, Provenance } from "../chat/view.ts";
import { answerRows } from "./answer-rows.ts";
import { factor, speed } from "./number-text.ts";
import {
  mergeSegments,
  padRow,
  type Row,
  row,
  segment,
  truncateRow,
  wrapBehind,
  wrapSegments,
} from "./row.ts";
import { marks, type Theme } from "./theme.ts";

/** From this width on both answers have room beside each other. */
const besideWidth = 79;

/** How a comparison is drawn. */
export interface ComparisonLook {
  readonly width: number;
  readonly provenance: Provenance;
  readonly theme: Theme;
  /** The most rows that it may have; left out where it scrolls away. */
  readonly height?: number;
  /** The side that is being written. */
  readonly side?: "plain" | "speculative";
}

/** Two answers beside each other, or one below the other, and what came of it. */
export function comparisonRows(comparison: ComparisonView, look: ComparisonLook): Row[] {
  const height = look.height ?? Number.POSITIVE_INFINITY;
  const result = resultRows(comparison, look.width).slice(0, height);
  const room = height - result.length;
  const { plain, speculative } = comparison;
  const sides = [
    { answer: plain, active: look.side === "plain" },
    { answer: speculative, active: look.side === "speculative" },
  ];
  if (look.width >= besideWidth) {
    const width = Math.floor((look.width - marks.column.length) / 2);
    const [left = [], right = []] = sides.map((side) => sideRows(side, { ...look, width }, room));
    return [...beside(left, right, width), ...result];
  }
  const rooms = roomsOf(room, look.side);
  return [...sides.flatMap((side, index) => sideRows(side, look, rooms[index] ?? 0)), ...result];
}

/** Where rows are few, the side that is being written gets them. */
function roomsOf(room: number, side: ComparisonLook["side"]): readonly number[] {
  if (room === Number.POSITIVE_INFINITY) return [room, room];
  const other = Math.min(2, Math.floor(room / 2));
  return side === "plain" ? [room - other, other] : [other, room - other];
}

interface Side {
  readonly answer: ComparedAnswer;
  readonly active: boolean;
}

/** A side's title, and as many of its last rows as there is room for. */
function sideRows({ answer, active }: Side, look: ComparisonLook, room: number): Row[] {
  const { spans, title, tokensPerSecond } = answer;
  const speedText = Number.isNaN(tokensPerSecond)
    ? ""
    : `${marks.between}${speed(tokensPerSecond)}`;
  const head = truncateRow(
    mergeSegments([
      segment(active ? marks.chosen : "", "mark"),
      segment(title, "strong"),
      segment(speedText),
    ]),
    look.width,
  );
  const part = { spans, provenance: look.provenance, startsLine: true };
  const text = spans.length === 0 ? [] : answerRows(part, look.width, look.theme);
  return room < 1 ? [] : [head, ...text.slice(Math.max(0, text.length - room + 1))];
}

function beside(left: readonly Row[], right: readonly Row[], width: number): Row[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    mergeSegments([
      ...padRow(left[index] ?? [], width),
      segment(marks.column, "dim"),
      ...(right[index] ?? []),
    ]),
  );
}

function resultRows({ ratio, verdict }: ComparisonView, width: number): Row[] {
  if (Number.isNaN(ratio)) return verdict === "" ? [] : wrapSegments([segment(verdict)], width);
  const mark = segment(
    `${factor(ratio)} of plain${marks.between}`,
    ratio >= 1 ? "good" : "warning",
  );
  if (verdict === "") return [row(`${factor(ratio)} of plain`, mark.style)];
  // Behind a long mark a narrow terminal has no room for a sentence.
  if (width < 60) return wrapSegments([mark, segment(verdict)], width);
  return wrapBehind(mark, [segment(verdict)], width);
}
