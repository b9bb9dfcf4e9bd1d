import { type Distribution, normalise } from "./distribution.ts";
import { distributionFromLogits, type SamplerSettings } from "./sampler.ts";

/**
 * The candidates of a draft position: the sampler's distribution, of which the k likeliest stay
 * (the lower id on ties) and are renormalised. What is drawn from the result is verified against
 * exactly this result, so the filter changes what is drafted and never what is emitted.
 *
 * @param k 1 or more; 0 keeps all
 */
export function candidatesFromLogits(
  logits: Float32Array,
  sampler: SamplerSettings,
  k: number,
  out: Distribution,
): Distribution {
  // Without top-p every filter depends on ranks alone, and the cheaper one can go first.
  const first =
    k > 0 && sampler.topK === 0 && sampler.topP >= 1 ? { ...sampler, topK: k } : sampler;
  distributionFromLogits(logits, first, out);
  if (k > 0 && out.size > k) {
    out.size = k;
    normalise(out);
  }
  return out;
}
