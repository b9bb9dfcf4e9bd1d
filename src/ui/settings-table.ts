import type { SettingView } from "../bench/live/view.ts";
import { widthOf } from "../text/cells.ts";
import type { Block } from "./block.ts";
import { factor, percent } from "./number-text.ts";
import { mergeSegments, padRow, type Row, row, type Segment, segment, truncateRow } from "./row.ts";
import { marks, type StyleName } from "./theme.ts";

/** A column beside the setting's name. */
interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  /** What its texts may take later, lest a layout that fits does not any more; its head's width if left out. */
  readonly least?: number;
  /** Empty where there is nothing to tell. */
  readonly text: (setting: SettingView) => string;
  readonly style?: (setting: SettingView) => StyleName;
}

const gutter = 2;
/** A long name is cut to this, or to a share of the width, before speeds are given up. */
const leastName = 8;
const nameShare = 0.4;

const runs: Column = { head: "runs", align: "right", text: (each) => String(each.runs) };
const rate: Column = {
  head: "tokens/s",
  align: "right",
  text: ({ tokensPerSecond }) => tokensPerSecond?.toFixed(1) ?? "",
};
const ratio: Column = {
  head: "speedup",
  align: "left",
  text: ({ speedup }) => (speedup === undefined ? "" : factor(speedup.estimate)),
  style: speedupStyle,
};
const interval: Column = { ...ratio, least: "×0.00 [0.00, 0.00]".length, text: intervalText };
const accepted: Column = {
  head: "accepted",
  align: "right",
  text: ({ acceptanceRate }) => (acceptanceRate === undefined ? "" : percent(acceptanceRate)),
};
const tau: Column = {
  head: "τ",
  align: "right",
  least: "0.00".length,
  text: ({ meanAcceptanceLength }) => meanAcceptanceLength?.toFixed(2) ?? "",
};

/** From wide to narrow: what is given up goes as it does in the report's table. */
const layouts: readonly (readonly Column[])[] = [
  [runs, rate, interval, accepted, tau],
  [runs, rate, interval, tau],
  [runs, rate, interval],
  [runs, rate, ratio],
  [rate, ratio],
];
/** What is left where even these do not fit. */
const narrowLayouts: readonly (readonly Column[])[] = [[rate], []];

/** The table so far: a row a setting, of which the first ones are shown where there is no room for all. */
export function settingsTable(
  settings: readonly SettingView[],
  width: number,
): Omit<Block, "priority"> {
  if (settings.length === 0) return { want: 0, least: 0, draw: () => [] };
  const rows = tableRows(settings, width);
  // The heading, a setting, and how many there are beside it.
  return { want: rows.length, least: 3, draw: (height) => cutTable(rows, height, width) };
}

function cutTable(rows: readonly Row[], height: number, width: number): readonly Row[] {
  if (rows.length <= height) return rows;
  if (height < 3) return [];
  const hidden = rows.length - height + 1;
  const more = row(`${marks.more} ${hidden} more ${hidden === 1 ? "setting" : "settings"}`, "dim");
  return [...rows.slice(0, height - 1), truncateRow(more, width)];
}

function tableRows(settings: readonly SettingView[], width: number): Row[] {
  const indent = widthOf(marks.chosen);
  const names = Math.max(...settings.map(({ name }) => widthOf(name)), widthOf("setting"));
  const widthBeside = (columns: readonly Column[]): number =>
    columns.reduce((sum, column) => sum + gutter + columnWidth(column, settings), indent);
  const fits = (name: number) => (columns: readonly Column[]) =>
    widthBeside(columns) + name <= width;
  const cutName = Math.min(names, Math.max(leastName, Math.floor(width * nameShare)));
  const columns =
    layouts.find(fits(names)) ??
    layouts.find(fits(cutName)) ??
    narrowLayouts.find(fits(leastName)) ??
    [];
  const name = Math.max(1, Math.min(names, width - widthBeside(columns)));
  const lay = (mark: Segment, title: Segment, cells: readonly Segment[]): Row => {
    const parts = cells.flatMap((cell, i) => {
      const column = columns[i] as Column;
      return [
        segment(" ".repeat(gutter)),
        ...alignCell(cell, columnWidth(column, settings), column),
      ];
    });
    return truncateRow(withoutFiller([mark, ...padRow([title], name), ...parts]), width);
  };
  const heads = columns.map(({ head }) => segment(head, "dim"));
  return [
    lay(segment(" ".repeat(indent)), segment("setting", "dim"), heads),
    ...settings.map((setting) =>
      lay(
        setting.inHand ? segment(marks.chosen, "mark") : segment(" ".repeat(indent)),
        segment(setting.name),
        columns.map(({ text, style }) => segment(text(setting), style?.(setting))),
      ),
    ),
  ];
}

function columnWidth({ head, least = 0, text }: Column, settings: readonly SettingView[]): number {
  return Math.max(widthOf(head), least, ...settings.map((setting) => widthOf(text(setting))));
}

function alignCell(cell: Segment, width: number, { align }: Column): Segment[] {
  const filler = segment(" ".repeat(width - widthOf(cell.text)));
  return align === "left" ? [cell, filler] : [filler, cell];
}

/** A row has no blanks at its end. */
function withoutFiller(segments: readonly Segment[]): Row {
  const merged = mergeSegments(segments);
  const last = merged.at(-1);
  if (last === undefined) return merged;
  return mergeSegments([...merged.slice(0, -1), { ...last, text: last.text.trimEnd() }]);
}

function intervalText({ speedup }: SettingView): string {
  if (speedup === undefined) return "";
  const { estimate, low, high } = speedup;
  if (low === null || high === null) return factor(estimate);
  return `${factor(estimate)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

function speedupStyle({ speedup }: SettingView): StyleName {
  switch (speedup?.verdict) {
    case "faster":
      return "good";
    case "slower":
      return "error";
    default:
      return "plain";
  }
}
