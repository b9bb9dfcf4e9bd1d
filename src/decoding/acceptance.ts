import {
  createDistribution,
  type Distribution,
  normalise,
  probabilityOf,
  reserve,
  sample,
} from "./distribution.ts";
import type { Draft } from "./drafter.ts";
import type { Origin } from "./events.ts";
import type { Random } from "./random.ts";
import { distributionFromLogits, isGreedy, type SamplerSettings } from "./sampler.ts";
import type { Evaluation } from "./sequence.ts";

/** What the target makes of a draft. */
export interface Verdict {
  /** Accepted nodes of the draft, root first. */
  readonly path: readonly number[];
  /** The target's own token behind them. */
  readonly token: number;
  readonly origin: Exclude<Origin, "draft">;
  /** The drafted node that was turned down first behind the path; undefined for a bonus token. */
  readonly rejected: number | undefined;
  /**
   * Greedy: the target's logit gap at each emitted token, `path.length + 1` of them. Empty when
   * tokens are sampled.
   */
  readonly gaps: readonly number[];
  /**
   * Nodes of `path` that the exact rule, by its own draw at the same place, would not have chosen:
   * none for the exact rule itself.
   */
  readonly deviating: readonly number[];
}

/**
 * An acceptance rule.
 *
 * @param outputs the target's outputs for the batch [last token, …draft]: index 0 belongs to the
 *   last emitted token, `node + 1` to a node of the draft
 */
export type AcceptanceRule = (draft: Draft, outputs: Evaluation, random: Random) => Verdict;

/**
 * The lossless rule for the given sampler: greedy match at temperature 0, rejection sampling above.
 *
 * @param vocabularySize the target's; sizes the scratch memory
 */
export function exactAcceptance(sampler: SamplerSettings, vocabularySize: number): AcceptanceRule {
  return isGreedy(sampler) ? acceptGreedy : rejectionSampling(sampler, vocabularySize);
}

/** Follows the target's likeliest token down the tree until no child is it. */
export const acceptGreedy: AcceptanceRule = (draft, outputs) => {
  const path: number[] = [];
  const gaps: number[] = [];
  for (let node = -1; ; ) {
    const { token, gap } = outputs.topTwo(node + 1);
    gaps.push(gap);
    const children = childrenOf(draft, node);
    const match = children.find((child) => draft.tokens[child] === token);
    if (match === undefined) {
      const origin = children.length === 0 ? "bonus" : "correction";
      return { path, token, origin, rejected: children[0], gaps, deviating: [] };
    }
    path.push(match);
    node = match;
  }
};

/**
 * Rejection sampling: a child x is accepted with probability min(1, p(x)/q(x)), else p becomes the
 * normalised residual max(0, p − q), by token id (Leviathan et al. 2023, algorithm 1; Chen et al.
 * 2023, algorithm 2). Further children are tried against the residual with q without the rejected
 * token (SpecInfer, Miao et al. 2024, algorithm 2, drawn without replacement as in Yang et al.
 * 2024). Where no child is accepted the token is sampled from the last residual, which lies over
 * the target's whole vocabulary. The emitted tokens are distributed as the target's own.
 */
function rejectionSampling(sampler: SamplerSettings, vocabularySize: number): AcceptanceRule {
  const p = createDistribution();
  const choose = rejectionStep(vocabularySize);
  return (draft, outputs, random) => {
    const path: number[] = [];
    for (let node = -1; ; ) {
      distributionFromLogits(outputs.logits(node + 1), sampler, p);
      const children = childrenOf(draft, node);
      const { child, token } = choose({ p, draft, node, children }, random);
      if (child === undefined) {
        const origin = children.length === 0 ? "bonus" : "correction";
        return { path, token, origin, rejected: children[0], gaps: [], deviating: [] };
      }
      path.push(child);
      node = child;
    }
  };
}

/** A place on the way down a draft. */
export interface DraftPlace {
  /** The target's distribution here. Left changed. */
  readonly p: Distribution;
  readonly draft: Draft;
  /** -1 for the last emitted token. */
  readonly node: number;
  readonly children: readonly number[];
}

/** What a rule chose at a place: one of the children, or a token of the target's own. */
export interface Choice {
  readonly child: number | undefined;
  readonly token: number;
}

/** One step of rejection sampling, with scratch memory of its own. */
export function rejectionStep(
  vocabularySize: number,
): (place: DraftPlace, random: Random) => Choice {
  const q = createDistribution();
  const byToken = new Float64Array(vocabularySize);
  return ({ p, draft, node, children }, random) => {
    const drawnFrom = draft.distributions[node + 1];
    for (const child of children) {
      const token = draft.tokens[child] as number;
      if (child === children[0] || drawnFrom === undefined) proposal(drawnFrom, token, q);
      if (random() * probabilityOf(q, token) < probabilityOf(p, token)) return { child, token };
      subtract(p, q, byToken);
      exclude(q, token);
    }
    return { child: undefined, token: sample(p, random) };
  };
}

/** The nodes right below `node`, -1 for the last emitted token. */
export function childrenOf(draft: Draft, node: number): number[] {
  const children: number[] = [];
  for (let i = node + 1; i < draft.parents.length; i++) {
    if (draft.parents[i] === node) children.push(i);
  }
  return children;
}

/** A private copy of what a child was drawn from; the point mass for one that was simply chosen. */
function proposal(drawnFrom: Distribution | undefined, token: number, out: Distribution): void {
  const size = drawnFrom?.size ?? 1;
  reserve(out, size);
  out.size = size;
  if (drawnFrom === undefined) {
    out.ids[0] = token;
    out.probs[0] = 1;
    return;
  }
  out.ids.set(drawnFrom.ids.subarray(0, size));
  out.probs.set(drawnFrom.probs.subarray(0, size));
}

/**
 * p becomes the normalised max(0, p − q). Left as it is where nothing would remain: then p equals q
 * up to rounding, and a rejection was an accident of the last bit.
 *
 * @param byToken zeroed scratch, one entry a token; zeroed again on return
 */
function subtract(p: Distribution, q: Distribution, byToken: Float64Array): void {
  for (let i = 0; i < q.size; i++) byToken[q.ids[i] as number] = q.probs[i] as number;
  let left = 0;
  for (let i = 0; i < p.size; i++) {
    left += Math.max(0, (p.probs[i] as number) - (byToken[p.ids[i] as number] as number));
  }
  if (left > 0) {
    for (let i = 0; i < p.size; i++) {
      const difference = (p.probs[i] as number) - (byToken[p.ids[i] as number] as number);
      p.probs[i] = Math.max(0, difference) / left;
    }
  }
  for (let i = 0; i < q.size; i++) byToken[q.ids[i] as number] = 0;
}

/** Takes `token` out of q and renormalises the rest. */
function exclude(q: Distribution, token: number): void {
  for (let i = 0; i < q.size; i++) if (q.ids[i] === token) q.probs[i] = 0;
  if (!normalise(q)) q.size = 0;
}
