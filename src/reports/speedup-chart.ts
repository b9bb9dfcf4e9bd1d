import { marginOf } from "../bench/noise.ts";
import type { BenchReport, CellReport, Speedup } from "../bench/report.ts";
import { verdictOf } from "../bench/verdict.ts";
import type { Colours } from "./colours.ts";
import { formatRatio } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** Widest and narrowest that a lane may be, in characters. */
const lane = { most: 60, least: 20 };

interface Bar {
  readonly label: string;
  readonly speedup: Speedup & { readonly low: number; readonly high: number };
}

/**
 * The speedup of each cell as a bar from one end of its interval to the other, against a line at 1.
 * Empty where fewer than two cells have an interval, or where there is no room.
 */
export function speedupChart(report: BenchReport, width: number, colours: Colours): string[] {
  const varying = varyingIn(report);
  const bars = report.cells.flatMap((cell) => barOf(cell, labelOf(cell, varying)));
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const room = Math.min(lane.most, width - labelWidth - 2);
  if (bars.length < 2 || room < lane.least) return [];
  const scale = scaleOf(bars, room);
  const margin = marginOf(report);
  return [
    colours.bold("speedup, with its interval; ┊ is plain"),
    ...bars.map(
      ({ label, speedup }) =>
        `${label.padEnd(labelWidth)}  ${paintBar(drawBar(speedup, scale), speedup, margin, colours)}`,
    ),
    `${" ".repeat(labelWidth)}  ${colours.dim(axisOf(scale))}`,
  ];
}

function barOf({ method, summary }: CellReport, label: string): Bar[] {
  const { estimate, low, high } = summary?.speedup ?? { estimate: 0, low: null, high: null };
  if (method === "plain" || low === null || high === null) return [];
  return [{ label, speedup: { estimate, low, high } }];
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly room: number;
}

/** Always with 1 on it. */
function scaleOf(bars: readonly Bar[], room: number): Scale {
  const from = Math.min(1, ...bars.map(({ speedup }) => speedup.low));
  const to = Math.max(1, ...bars.map(({ speedup }) => speedup.high));
  const pad = Math.max(0.02, (to - from) * 0.05);
  return { from: Math.max(0, from - pad), to: to + pad, room };
}

function placeOf(value: number, { from, to, room }: Scale): number {
  return Math.round(((value - from) / (to - from)) * (room - 1));
}

function drawBar({ low, estimate, high }: Bar["speedup"], scale: Scale): string {
  const characters = Array.from({ length: scale.room }, () => " ");
  characters[placeOf(1, scale)] = "┊";
  for (let i = placeOf(low, scale); i <= placeOf(high, scale); i++) characters[i] = "─";
  characters[placeOf(low, scale)] = "├";
  characters[placeOf(high, scale)] = "┤";
  characters[placeOf(estimate, scale)] = "●";
  return characters.join("").trimEnd();
}

function paintBar(bar: string, speedup: Speedup, margin: number, colours: Colours): string {
  const paint = { faster: colours.good, slower: colours.bad, undecided: String };
  return paint[verdictOf(speedup, margin)](bar);
}

/** The ends of the scale, and 1 where it does not touch them. */
function axisOf(scale: Scale): string {
  const [first, last] = [formatRatio(scale.from), formatRatio(scale.to)];
  const one = placeOf(1, scale) - 1;
  const fits = one > first.length && one + 2 < scale.room - last.length - 1;
  const line = fits ? `${first.padEnd(one)}×1` : first;
  return line.padEnd(scale.room - last.length) + last;
}
