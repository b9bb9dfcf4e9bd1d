import type { Costs } from "../bench/cost-model/costs.ts";
import { explain } from "../bench/cost-model/explain.ts";
import { costsUnsteady } from "../bench/cost-model/steadiness.ts";
import type { Drafting } from "../bench/cost-model/what-if.ts";
import { costsOfDrafter } from "../bench/cost-model/with-costs.ts";
import { isBusy } from "../bench/noise.ts";
import { isPlausible } from "../bench/plausibility.ts";
import type { BenchReport, CellReport } from "../bench/report.ts";

/**
 * Why drafting can or cannot pay here, in one sentence for the draft model, or else for lookup, and one
 * for each kind of draft heads. Empty without costs, and without chains of one drafter alone, which the
 * formula for break-even is about.
 */
export function explanationsOf(report: BenchReport): string[] {
  const { cells, costs } = report;
  if (costs === undefined || isBusy(report) || !isSteadyIn(report)) return [];
  const chains = cells.filter(
    (cell) =>
      cell.method === "speculative" &&
      cell.summary &&
      isPlausible(cell) &&
      cell.treeSize === 0 &&
      !cell.drafter.includes(","),
  );
  const by = (drafting: Drafting) => chains.filter((cell) => draftingOf(cell) === drafting);
  const models: Drafting = by("model").length > 0 ? "model" : "lookup";
  return [models, "chained" as const, "parallel" as const].flatMap((drafting) => {
    const best = fastest(by(drafting));
    const own = best && costsOfDrafter(best, costs);
    return own ? [explanationFor(report, drafting, own)] : [];
  });
}

/** Costs that did not repeat explain nothing. */
function isSteadyIn({ warnings }: BenchReport): boolean {
  return warnings.every(({ code }) => code !== costsUnsteady);
}

function draftingOf({ drafter, heads }: CellReport): Drafting {
  if (heads !== undefined) return heads.kind;
  return drafter === "ngram" ? "lookup" : "model";
}

function explanationFor(
  { cells, engine, models, plan }: BenchReport,
  drafting: Drafting,
  costs: Costs,
): string {
  const lengths = cells.filter(
    (cell) => cell.method === "speculative" && cell.summary && draftingOf(cell) === drafting,
  );
  return explain({
    ...{ costs, drafting, alpha: alphaOf(lengths) },
    besideLookup: plan.drafters.some((drafter) => drafter.includes("ngram")),
    longest: Math.max(...lengths.map(({ draftLen }) => draftLen)),
    backend: engine.backend,
    quantisation: models.target.quantisation,
  });
}

/**
 * α of the fastest chain of a fixed length that sends all that it drafts: what a p-min, or a choice
 * before each pass, lets through says nothing of what would be accepted without. Null without one.
 */
function alphaOf(cells: readonly CellReport[]): number | null {
  const whole = cells.filter(
    ({ treeSize, pMin, adaptive, drafter }) =>
      treeSize === 0 && pMin === 0 && !adaptive && !drafter.includes(","),
  );
  return fastest(whole)?.summary?.alpha ?? null;
}

function fastest(cells: readonly CellReport[]): CellReport | undefined {
  return [...cells].sort(
    (a, b) => (b.summary?.speedup?.estimate ?? 0) - (a.summary?.speedup?.estimate ?? 0),
  )[0];
}
