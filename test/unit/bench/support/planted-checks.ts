import { checkDistributions } from "../../../../src/bench/distribution-check.ts";
import { planBench } from "../../../../src/bench/plan.ts";
import type { BenchSettings, DistributionCheck } from "../../../../src/bench/report.ts";
import { faultyRule, misreportingDrafter } from "../../../support/planted-faults.ts";
import { benchSettings } from "./settings.ts";
import { type VirtualPairOptions, virtualPair } from "./virtual-pair.ts";

/** A draft model that is often wrong, with a small vocabulary that is quick to evaluate. */
const models = {
  target: "fake:seed=1,vocab=16,sharpness=1.5,end=-9",
  draft: "fake:seed=1,vocab=16,sharpness=1.5,end=-9,agreement=0.7",
};

/** What may be wrong, by name. */
export const faults = {
  none: {},
  "acceptance ×1.05": { exactRule: faultyRule({ bias: 1.05 }) },
  "acceptance ×1.1": { exactRule: faultyRule({ bias: 1.1 }) },
  "acceptance ×0.9": { exactRule: faultyRule({ bias: 0.9 }) },
  "acceptance ×1.5": { exactRule: faultyRule({ bias: 1.5 }) },
  "residual by list index": { exactRule: faultyRule({ residualByIndex: true }) },
  "q of temperature 1.5": { wrapDrafter: (drafter) => misreportingDrafter(drafter, 1.5) },
} satisfies Record<string, VirtualPairOptions>;

/** Checks the one cell of these settings that drafts, at temperature 1. */
export async function checkWith(
  fault: keyof typeof faults,
  settings: Partial<BenchSettings>,
): Promise<DistributionCheck> {
  const pair = await virtualPair({ ...models, ...faults[fault] });
  const plan = planBench(benchSettings({ topKs: [10], temperatures: [1], ...settings }));
  const checks = await checkDistributions(pair, plan, { isOver: () => false });
  return checks?.find(({ cell }) => !cell.startsWith("plain")) as DistributionCheck;
}
