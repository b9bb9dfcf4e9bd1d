import { explain } from "../bench/cost-model/explain.ts";
import type { BenchReport, CellReport } from "../bench/report.ts";

/**
 * Why drafting can or cannot pay here, in one sentence; undefined without costs, and without chains of
 * the draft model or of lookup, which the formula for break-even is about.
 */
export function explanationOf({ costs, cells, engine, models }: BenchReport): string | undefined {
  const drafting = cells.filter(({ method, summary }) => method === "speculative" && summary);
  const chains = drafting.filter(
    ({ treeSize, drafter }) => treeSize === 0 && (drafter === "draft" || drafter === "ngram"),
  );
  const byModel = chains.filter(({ drafter }) => drafter === "draft");
  const free = byModel.length === 0;
  const best = fastest(free ? chains : byModel);
  if (costs === undefined || best === undefined) return undefined;
  return explain({
    ...{ costs, free, alpha: best.summary?.alpha ?? null },
    longest: Math.max(...drafting.map(({ draftLen }) => draftLen)),
    backend: engine.backend,
    quantisation: models.target.quantisation,
  });
}

function fastest(cells: readonly CellReport[]): CellReport | undefined {
  return [...cells].sort(
    (a, b) => (b.summary?.speedup?.estimate ?? 0) - (a.summary?.speedup?.estimate ?? 0),
  )[0];
}
