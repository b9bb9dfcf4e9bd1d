import type { Cell } from "./report.ts";

/** The plain cell of a temperature, which all others are measured against. */
export function plainOf<C extends Cell>(cells: readonly C[], temp: number): C | undefined {
  return cells.find((cell) => isReference(cell) && cell.temp === temp);
}

/** Whether a cell is what others are measured against: plain, and not its second measurement. */
export function isReference({ method, again }: Cell): boolean {
  return method === "plain" && !again;
}

/** Plain decoding at a temperature: nothing is drafted. */
export function plainCell(temp: number): Cell {
  return {
    id: `plain-t${temp}`,
    method: "plain",
    drafter: "none",
    draftLen: 0,
    adaptive: false,
    topK: 0,
    treeSize: 0,
    pMin: 0,
    accept: "exact",
    temp,
  };
}
