import { impreciseCells, relativeHalfWidth } from "./precision.ts";
import type { BenchSettings, BenchWarning, CellReport, EndedBy } from "./report.ts";

/** Says where a bench ended before it had made what it was asked for. */
export function endWarnings(
  endedBy: EndedBy | undefined,
  { untilCi, timeBudgetMs }: BenchSettings,
  cells: readonly CellReport[],
): BenchWarning[] {
  if (endedBy === undefined || endedBy === "precision") return [];
  const wide = untilCi === undefined ? [] : impreciseCells(cells, untilCi);
  if (wide.length > 0) return [tooWide(wide, untilCi ?? 0, hints[endedBy])];
  if (endedBy !== "time-budget") return [];
  const seconds = Math.round((timeBudgetMs ?? 0) / 1000);
  return [
    {
      code: "time-budget",
      text: `the bench ended when its ${seconds} s were used up, before all was done that was asked for`,
      hint: "What was measured stands; intervals are wider for it.",
    },
  ];
}

const hints: Readonly<Record<Exclude<EndedBy, "precision">, string>> = {
  "prompts-differ":
    "Prompts differ by more than repetitions could narrow. Give more prompts, or prompts of one kind.",
  "repetitions-limit": "The machine is too noisy for it. Close other programs.",
  "time-budget": "Raise --time-budget.",
};

function tooWide(wide: readonly CellReport[], untilCi: number, hint: string): BenchWarning {
  const names = wide.map(({ id, summary }) => {
    const half = summary?.speedup ? relativeHalfWidth(summary.speedup) : null;
    return half === null ? `${id} (none)` : `${id} (±${(half * 100).toFixed(1)}%)`;
  });
  return {
    code: "interval-wide",
    text: `intervals wider than the ±${Number((untilCi * 100).toFixed(2))}% asked for: ${names.join(", ")}`,
    hint,
  };
}
