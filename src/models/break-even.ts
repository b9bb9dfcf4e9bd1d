/**
 * The per-token acceptance α from which drafting pays, if verifying a whole draft took no longer
 * than one plain step: where E(γ) = (1 − α^(γ+1)) / (1 − α) = 1 + α + … + α^γ is γ·c + 1
 * (Leviathan et al. 2023, theorem 3.8).
 *
 * @param draftLength γ, 1 or more
 * @param cost c, one draft step / one target step, 0 or more
 * @returns 0 … 1; undefined where no acceptance is enough
 */
export function breakEvenAcceptance(draftLength: number, cost: number): number | undefined {
  if (cost >= 1) return undefined;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (accepted(draftLength, middle) < draftLength * cost) low = middle;
    else high = middle;
  }
  return high;
}

/** α + α² + … + α^γ: drafted tokens that a pass keeps. */
function accepted(draftLength: number, alpha: number): number {
  let sum = 0;
  for (let i = draftLength; i > 0; i--) sum = alpha * (1 + sum);
  return sum;
}
