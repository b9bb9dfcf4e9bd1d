import type { RoundTimes } from "../../engine/pair.ts";
import type { BenchWarning } from "../report.ts";

/** The code of the warning that costs cannot be relied on. */
export const costsUnsteady = "costs-unsteady";

/** Halves of a measurement that differ by more are no measurement. */
const mostDisagreement = 1.3;
/** A batch of n costs less than so many times n plain steps: those would do instead. */
const mostOfSteps = 2;
/** Shorter times are the clock's and the system's, in ms. */
const slackMs = 0.1;

/** Whether a measurement repeats itself and is possible. */
export function isSteady({
  target,
  disagreement = 1,
}: Pick<RoundTimes, "target" | "disagreement">) {
  const step = target[0]?.ms ?? Number.NaN;
  const jumps = target.some(({ tokens, ms }) => ms > mostOfSteps * tokens * (step + slackMs));
  return disagreement <= mostDisagreement && !jumps;
}

/** A warning for costs that cannot be relied on. */
export function costWarnings(times: Pick<RoundTimes, "target" | "disagreement">): BenchWarning[] {
  if (isSteady(times)) return [];
  const { disagreement = 1 } = times;
  const text =
    disagreement > mostDisagreement
      ? `what batches cost did not repeat: two halves of the measurement differ by up to ×${disagreement.toFixed(1)}`
      : "what batches cost jumps: some cost more than as many single steps would";
  return [{ code: costsUnsteady, text, hint: "Close other programs, or give fewer --threads." }];
}
