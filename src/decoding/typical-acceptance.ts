import { type AcceptanceRule, childrenOf, rejectionStep } from "./acceptance.ts";
import { createDistribution, type Distribution, probabilityOf } from "./distribution.ts";
import { distributionFromLogits, type SamplerSettings } from "./sampler.ts";

/** Settings of typical acceptance. */
export interface TypicalSettings {
  /** A token at least this probable to the target is always typical; above 0, at most 1. */
  readonly epsilon: number;
  /** How the threshold falls with the entropy of the target's distribution; above 0, at most 1. */
  readonly delta: number;
}

/** Medusa's own, in its released code: ε = 0.09, δ = 0.3. */
export const defaultTypical: TypicalSettings = { epsilon: 0.09, delta: 0.3 };

/**
 * Typical acceptance (Medusa, Cai et al. 2024, section 3.3.2): of the children the target takes the
 * likeliest whose probability exceeds min(ε, δ·exp(−H(p))), H the entropy of p in nats; where none
 * does, the token is drawn as from p, over the target's full vocabulary. Not lossless: the text is
 * plausible to the target and not distributed as its own. At temperature 0 it is the exact rule, for
 * then p is one token.
 *
 * The exact rule makes its choice at every place too: it is what is drawn where no child is typical,
 * and the verdict names the typical children that are another token.
 *
 * @param vocabularySize the target's; sizes the scratch memory
 */
export function typicalAcceptance(
  sampler: SamplerSettings,
  typical: TypicalSettings,
  vocabularySize: number,
): AcceptanceRule {
  const p = createDistribution();
  const chooseExactly = rejectionStep(vocabularySize);
  return (draft, outputs, random) => {
    const path: number[] = [];
    const deviating: number[] = [];
    for (let node = -1; ; ) {
      distributionFromLogits(outputs.logits(node + 1), sampler, p);
      const children = childrenOf(draft, node);
      const typicalChild = likeliestTypical(children, draft.tokens, p, thresholdOf(p, typical));
      const exact = chooseExactly({ p, draft, node, children }, random);
      const child = typicalChild ?? exact.child;
      if (child === undefined) {
        const origin = children.length === 0 ? "bonus" : "correction";
        const rejected = children[0];
        return { path, token: exact.token, origin, rejected, gaps: [], deviating };
      }
      if (draft.tokens[child] !== exact.token) deviating.push(child);
      path.push(child);
      node = child;
    }
  };
}

function thresholdOf({ probs, size }: Distribution, { epsilon, delta }: TypicalSettings): number {
  let entropy = 0;
  for (let i = 0; i < size; i++) {
    const p = probs[i] as number;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.min(epsilon, delta * Math.exp(-entropy));
}

function likeliestTypical(
  children: readonly number[],
  tokens: readonly number[],
  p: Distribution,
  threshold: number,
): number | undefined {
  let best: number | undefined;
  let highest = threshold;
  for (const child of children) {
    const probability = probabilityOf(p, tokens[child] as number);
    if (probability > highest) {
      highest = probability;
      best = child;
    }
  }
  return best;
}
