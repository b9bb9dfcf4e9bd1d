import type { DetailsView, Provenance } from "../chat/view.ts";
import { bar, stackedColumns } from "./bar.ts";
import { percent, seconds } from "./number-text.ts";
import { type Row, type Segment, segment, truncateRow, wrapBehind, wrapSegments } from "./row.ts";
import { marks, type StyleName, type Theme } from "./theme.ts";

/** More positions than these are not worth their rows. */
const mostPositions = 8;

/** How the panel is drawn. */
export interface DetailsLook {
  readonly width: number;
  readonly provenance: Provenance;
  readonly theme: Theme;
}

/** The details panel; the rows at its end are the first to go where there is no room. */
export function detailsRows(details: DetailsView, look: DetailsLook): Row[] {
  const rows = [
    ...countRows(details, look.width),
    ...timeRows(details, look.width),
    ...positionRows(details, look.width),
    ...legendRows(look, details.byHeads),
  ];
  return rows.map((each) => truncateRow(each, look.width));
}

function countRows(details: DetailsView, width: number): Row[] {
  const { tokens, passes, promptTokens, reusedTokens, prefillMs } = details;
  const prefill = Number.isNaN(prefillMs) ? "" : ` in ${seconds(prefillMs)}`;
  const text = [
    `${tokens} tokens in ${passes} passes`,
    `prompt ${promptTokens} tokens (${reusedTokens} reused)${prefill}`,
  ].join(marks.between);
  return wrapSegments([segment(text)], width);
}

/** Where the time went, in one bar with its numbers. */
function timeRows({ draftMs, verifyMs, overheadMs }: DetailsView, width: number): Row[] {
  const times = [draftMs, verifyMs, overheadMs].map((ms) => (Number.isNaN(ms) ? 0 : ms));
  const total = times.reduce((sum, ms) => sum + ms, 0);
  if (total <= 0) return [];
  const names = ["draft", "verify", "overhead"];
  const numbers = names.map((name, i) => `${name} ${percent((times[i] ?? 0) / total)}`);
  const room = width - "time  ".length - numbers.join("  ").length - 8;
  if (room < 9) return wrapSegments([segment(numbers.join("  "))], width);
  const stacked = stackedColumns(times, Math.min(room, 30)).map((count, i) =>
    segment((marks.shares[i] ?? "").repeat(count), shareStyles[i] ?? "plain"),
  );
  // Each number has its part's sign before it: they are told apart without colour.
  const legend = numbers.flatMap((text, i): Segment[] => [
    segment(`  ${marks.shares[i] ?? ""} `, shareStyles[i] ?? "plain"),
    segment(text),
  ]);
  return [[segment("time  ", "dim"), ...stacked, ...legend]];
}

const shareStyles: readonly StyleName[] = ["share-draft", "share-verify", "share-overhead"];

function positionRows({ positions }: DetailsView, width: number): Row[] {
  const drafted = positions.filter((position) => position.drafted > 0);
  const shown = drafted.slice(0, mostPositions);
  const barWidth = Math.max(0, Math.min(30, width - 34));
  const digits = String(shown[0]?.drafted ?? 0).length;
  const rows = shown.map(({ drafted: all, accepted }, index): Row => {
    const counts = `${String(accepted).padStart(digits)} of ${String(all).padStart(digits)}`;
    return [
      segment(`at ${index + 1}  `, "dim"),
      ...bar(accepted / all, barWidth),
      segment(`${barWidth > 0 ? "  " : ""}${percent(accepted / all).padStart(5)}`),
      segment(`  ${counts} accepted`, "dim"),
    ];
  });
  const hidden = drafted.length - shown.length;
  return hidden === 0
    ? rows
    : [...rows, [segment(`${marks.more} ${hidden} more positions`, "dim")]];
}

/** What the colours of an answer mean, while they are shown. */
function legendRows({ provenance, theme, width }: DetailsLook, byHeads: boolean): Row[] {
  if (provenance === "off") return [];
  const [open, close] = theme.rejectedBrackets;
  const parts: readonly Segment[] =
    provenance === "subtle"
      ? [segment("drafted", "draft"), segment("target's own")]
      : [
          segment("sure draft", "draft-sure"),
          segment("likely", "draft-likely"),
          segment("unsure", "draft-unsure"),
          segment("looked up", "lookup"),
          segment("target's own"),
          segment("correction", "correction"),
          segment(`${open}rejected${close}`, "rejected"),
          ...(byHeads ? [segment("₂ by head 2", "dim")] : []),
        ];
  const spaced = parts.flatMap((part, index) => (index === 0 ? [part] : [segment("  "), part]));
  return wrapBehind(segment("text  ", "dim"), spaced, width);
}
