import type { CellReport } from "./report.ts";

/**
 * Tells of each adaptive cell how far it stays behind the best fixed one: 1 - the ratio of their
 * speedups, within the same run and temperature. Plain is fixed too, with a speedup of 1; but where
 * nothing else is, there is nothing to regret.
 */
export function withRegrets(cells: readonly CellReport[]): CellReport[] {
  return cells.map((cell) => {
    const { summary } = cell;
    const best = bestFixed(cells.filter(({ temp }) => temp === cell.temp));
    if (!summary?.adaptive || !summary.speedup || best === undefined) return cell;
    const regret = { value: 1 - summary.speedup.estimate / best.speedup, against: best.id };
    return { ...cell, summary: { ...summary, adaptive: { ...summary.adaptive, regret } } };
  });
}

interface FixedCell {
  readonly id: string;
  readonly speedup: number;
}

function bestFixed(cells: readonly CellReport[]): FixedCell | undefined {
  const drafting = cells.flatMap(({ id, method, adaptive, summary }) =>
    method !== "speculative" || adaptive || !summary?.speedup || summary.implausible
      ? []
      : [{ id, speedup: summary.speedup.estimate }],
  );
  if (drafting.length === 0) return undefined;
  const plain = cells
    .filter(({ method, again }) => method === "plain" && !again)
    .map(({ id }) => ({ id, speedup: 1 }));
  return [...plain, ...drafting].reduce((a, b) => (b.speedup > a.speedup ? b : a));
}
