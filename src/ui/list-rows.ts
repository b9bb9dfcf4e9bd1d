import { widthOf } from "../text/cells.ts";
import { type Row, row, segment, wrapBehind } from "./row.ts";

const gutter = 2;

/** Narrower than this, a text in a column of its own is not worth reading. */
const leastText = 20;

/**
 * Names and texts in two columns, under a title. Where there is no room for two, each text stands
 * below its name, as it does for a name that is much longer than the others.
 */
export function listRows(
  title: string,
  rows: readonly (readonly [name: string, text: string])[],
  width: number,
): Row[] {
  const names = rows.map(([name]) => widthOf(name)).filter((name) => name <= width * 0.4);
  const column = Math.max(0, ...names) + gutter;
  const beside = width - gutter - column >= leastText;
  const entries = rows.flatMap(([name, text]) => {
    const fits = widthOf(name) + gutter <= column;
    if (!beside || !fits)
      return [...nameRows(name, width), ...textRows(text, width, beside ? column + gutter : 4)];
    const filler = " ".repeat(column - widthOf(name));
    const mark = segment(`${" ".repeat(gutter)}${name}${filler}`, "strong");
    return wrapBehind(mark, [segment(text)], width);
  });
  return [...(title === "" ? [] : [row(title, "dim")]), ...entries];
}

function nameRows(name: string, width: number): Row[] {
  return wrapBehind(segment(" ".repeat(gutter)), [segment(name, "strong")], width);
}

function textRows(text: string, width: number, indent: number): Row[] {
  return wrapBehind(segment(" ".repeat(indent)), [segment(text)], width);
}
