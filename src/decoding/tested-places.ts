import { childrenOf, type Verdict } from "./acceptance.ts";
import { createDistribution, type Distribution } from "./distribution.ts";
import type { Draft } from "./drafter.ts";
import { distributionFromLogits, type SamplerSettings } from "./sampler.ts";
import type { Evaluation } from "./sequence.ts";

/** The part of [0, 1) that belongs to a token when a distribution's tokens lie side by side. */
export interface Share {
  /** Probability of all tokens that come before it in the order. */
  readonly below: number;
  /** Its own probability; 0 for a token that cannot occur. */
  readonly own: number;
}

/** A drafted token that the acceptance rule decided on. */
export interface TestedToken {
  /** The chance with which the exact rule accepts it, given that it turned down those before it. */
  readonly acceptance: number;
  readonly accepted: boolean;
  /** In what it was drawn from, likeliest tokens first; left out for a token chosen without chance. */
  readonly drawn?: Share;
}

/** A place in a draft that the acceptance rule went through. */
export interface TestedPlace {
  /** In the order of testing: all were turned down but the last, which may have been accepted. */
  readonly drafted: readonly TestedToken[];
  /** The chosen token in the target's distribution, the tokens that the draft favours most first. */
  readonly chosen: Share;
}

/**
 * What happened at each place of a draft where something was drafted, with the probabilities that the
 * exact rule gives it. They are computed from p and q again, without the rule's own code, so that a
 * fault in the rule does not hide itself.
 *
 * @param outputs as the rule got them
 * @param sampler above temperature 0
 */
export function testedPlaces(
  draft: Draft,
  outputs: Evaluation,
  { path, token }: Verdict,
  sampler: SamplerSettings,
): TestedPlace[] {
  const scratch = createDistribution();
  const places: TestedPlace[] = [];
  for (const [i, node] of [-1, ...path].entries()) {
    const children = childrenOf(draft, node);
    if (children.length === 0) break;
    const drawnFrom = draft.distributions[node + 1];
    places.push(
      testedPlace({
        p: weightsOf(distributionFromLogits(outputs.logits(node + 1), sampler, scratch)),
        q: drawnFrom && weightsOf(drawnFrom),
        tokens: children.map((child) => draft.tokens[child] as number),
        accepted: children.indexOf(path[i] ?? -1),
        token,
      }),
    );
  }
  return places;
}

interface Place {
  readonly p: Weights;
  /** Undefined for tokens that were chosen without chance. */
  readonly q: Weights | undefined;
  readonly tokens: readonly number[];
  /** Index of the accepted one among the tokens, -1 for none. */
  readonly accepted: number;
  /** The target's own token, where none was accepted. */
  readonly token: number;
}

function testedPlace({ p, q, tokens, accepted, token }: Place): TestedPlace {
  const chosen = accepted < 0 ? token : (tokens[accepted] as number);
  const tested = accepted < 0 ? tokens : tokens.slice(0, accepted + 1);
  return {
    chosen: shareByFavour(p, q ?? chosenWeights(tokens), chosen),
    drafted: testedTokens(tested, new Map(p), q && new Map(q)).map((each, i) => ({
      ...each,
      accepted: i === accepted,
    })),
  };
}

/** @param left p, and `q` what is drawn from; both are left changed */
function testedTokens(
  tokens: readonly number[],
  left: Weights,
  q: Weights | undefined,
): Omit<TestedToken, "accepted">[] {
  return tokens.map((token) => {
    const proposed = q ?? chosenWeights([token]);
    const acceptance = acceptanceOf(left.get(token) ?? 0, proposed.get(token) ?? 0);
    const drawn = q && shareByProbability(q, token);
    takeAway(left, proposed);
    if (q !== undefined) exclude(q, token);
    return { acceptance, ...(drawn && { drawn }) };
  });
}

function acceptanceOf(p: number, q: number): number {
  return q > 0 ? Math.min(1, p / q) : Number(p > 0);
}

/** Tokens and their probabilities. */
type Weights = Map<number, number>;

function weightsOf({ ids, probs, size }: Distribution): Weights {
  const weights: Weights = new Map();
  for (let i = 0; i < size; i++) weights.set(ids[i] as number, probs[i] as number);
  return weights;
}

/** Each has probability 1: every one of them is put to the test, sooner or later. */
function chosenWeights(tokens: readonly number[]): Weights {
  return new Map(tokens.map((token) => [token, 1]));
}

/** `left` becomes what is left of it after a rejection; it stays where nothing would be. */
function takeAway(left: Weights, q: Weights): void {
  let total = 0;
  for (const [token, p] of left) total += Math.max(0, p - (q.get(token) ?? 0));
  if (total <= 0) return;
  for (const [token, p] of left) left.set(token, Math.max(0, p - (q.get(token) ?? 0)) / total);
}

function exclude(q: Weights, token: number): void {
  q.delete(token);
  let total = 0;
  for (const weight of q.values()) total += weight;
  for (const [each, weight] of q) q.set(each, weight / total);
}

/** A token's share where the likeliest come first. */
function shareByProbability(q: Weights, token: number): Share {
  return shareOf(q, token, (each) => -(q.get(each) ?? 0));
}

/** A token's share of p where those with the smallest p/q come first. */
function shareByFavour(p: Weights, q: Weights, token: number): Share {
  return shareOf(p, token, (each) => (p.get(each) ?? 0) / (q.get(each) ?? 0));
}

/** A token's share where the smallest keys come first, and of equal ones the first in the list. */
function shareOf(weights: Weights, token: number, keyOf: (token: number) => number): Share {
  const key = keyOf(token);
  let below = 0;
  let isPast = false;
  for (const [each, weight] of weights) {
    isPast ||= each === token;
    const other = keyOf(each);
    if (other < key || (other === key && !isPast)) below += weight;
  }
  return { below, own: weights.get(token) ?? 0 };
}
