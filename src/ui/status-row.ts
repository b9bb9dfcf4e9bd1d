import type { StatusView } from "../chat/view.ts";
import { acceptanceStrip } from "./acceptance-strip.ts";
import { factor, percent, speed } from "./number-text.ts";
import { mergeSegments, type Row, rowWidth, type Segment, segment, truncateRow } from "./row.ts";
import { marks } from "./theme.ts";

/** What the line may lose as it gets narrower. */
interface Room {
  readonly strip: number;
  readonly context: boolean;
  readonly source: boolean;
  readonly length: boolean;
  readonly rate: boolean;
  readonly drafting: boolean;
  readonly ratio: boolean;
}

const roomy: Room = {
  strip: 24,
  context: true,
  source: true,
  length: true,
  rate: true,
  drafting: true,
  ratio: true,
};

/** What is given up, the least useful first. */
const losses: readonly Partial<Room>[] = [
  { strip: 16 },
  { strip: 8 },
  { source: false },
  { length: false },
  { strip: 0 },
  { context: false },
  { rate: false },
  { drafting: false },
  { ratio: false },
];

/**
 * The status line in one row. Numbers that are not known are left out; where the row would be wider
 * than `width`, the least useful parts go. That a rule is lossy is always shown, and so it is first.
 */
export function statusRow(status: StatusView, width: number): Row {
  let room = roomy;
  let row = joined(partsOf(status, room));
  for (const loss of losses) {
    if (rowWidth(row) <= width) break;
    room = { ...room, ...loss };
    row = joined(partsOf(status, room));
  }
  return truncateRow(row, width);
}

function partsOf(status: StatusView, room: Room): Segment[] {
  const { tokensPerSecond, againstPlain, acceptanceRate, meanAcceptanceLength } = status;
  const known = (value: number): boolean => !Number.isNaN(value);
  const strip = room.strip === 0 ? "" : acceptanceStrip(status.passes, room.strip);
  const parts = [
    segment(status.lossy ? "lossy" : "", "warning"),
    segment(known(tokensPerSecond) ? speed(tokensPerSecond) : "", "strong"),
    room.ratio ? ratioPart(againstPlain, room.source) : segment(""),
    segment(room.rate && known(acceptanceRate) ? `accepted ${percent(acceptanceRate)}` : ""),
    segment(
      room.length && known(meanAcceptanceLength) ? `τ ${meanAcceptanceLength.toFixed(1)}` : "",
    ),
    segment(room.drafting ? status.drafting : ""),
    segment(strip, "draft"),
    segment(room.context ? contextText(status) : "", "dim"),
  ];
  return parts.filter(({ text }) => text !== "");
}

function ratioPart(against: StatusView["againstPlain"], source: boolean): Segment {
  if (against === undefined || Number.isNaN(against.ratio)) return segment("");
  const from = source ? ` of plain (${against.measuredBy})` : " of plain";
  return segment(`${factor(against.ratio)}${from}`, against.ratio >= 1 ? "good" : "warning");
}

function contextText({ contextTokens, contextSize }: StatusView): string {
  return contextSize > 0 && !Number.isNaN(contextTokens) ? `${contextTokens}/${contextSize}` : "";
}

function joined(parts: readonly Segment[]): Row {
  return mergeSegments(
    parts.flatMap((part, index) => (index === 0 ? [part] : [segment(marks.between, "dim"), part])),
  );
}
