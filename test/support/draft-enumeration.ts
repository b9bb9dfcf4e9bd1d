import { createDistribution, type Distribution } from "../../src/decoding/distribution.ts";
import type { Draft } from "../../src/decoding/drafter.ts";

/** What hangs below a node: how many children, how they are found, and what hangs below each. */
export interface Shape {
  /** Chosen without chance instead of drawn from q without replacement. */
  readonly chosen: boolean;
  readonly children: readonly Shape[];
}

/** A chain of so many drawn tokens. */
export function chainShape(length: number): Shape {
  return { chosen: false, children: length === 0 ? [] : [chainShape(length - 1)] };
}

export function depthOf({ children }: Shape): number {
  return Math.max(0, ...children.map((child) => 1 + depthOf(child)));
}

/** q after a context: one probability a token. */
export type Conditional = (context: readonly number[]) => readonly number[];

export interface PossibleDraft {
  readonly draft: Draft;
  readonly probability: number;
  /** The tokens from the root down to each node. */
  readonly contexts: readonly (readonly number[])[];
}

interface Partial {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
  readonly contexts: readonly (readonly number[])[];
  readonly distributions: readonly (Distribution | undefined)[];
  readonly probability: number;
}

/** Every draft of the given shape with its probability. */
export function possibleDrafts(shape: Shape, q: Conditional): PossibleDraft[] {
  const empty = { tokens: [], parents: [], contexts: [], distributions: [], probability: 1 };
  return grow([{ ...empty }], -1, shape, q).map(({ probability, contexts, ...rest }) => ({
    draft: { ...rest, q: rest.tokens.map(() => Number.NaN) },
    probability,
    contexts,
  }));
}

/** All continuations of each of `drafts` below its node `node`, breadth first. */
function grow(drafts: readonly Partial[], node: number, shape: Shape, q: Conditional): Partial[] {
  if (shape.children.length === 0) return [...drafts];
  return drafts.flatMap((draft) => {
    const context = draft.contexts[node] ?? [];
    const below = q(context);
    const count = shape.children.length;
    const ways = shape.chosen
      ? [{ tokens: choose(context, count, below.length), probability: 1 }]
      : draws(below, count);
    return ways.flatMap(({ tokens, probability }) => {
      const distributions = [...draft.distributions];
      distributions[node + 1] = shape.chosen ? undefined : asDistribution(below);
      const first = draft.tokens.length;
      let grown: Partial[] = [
        {
          tokens: [...draft.tokens, ...tokens],
          parents: [...draft.parents, ...tokens.map(() => node)],
          contexts: [...draft.contexts, ...tokens.map((token) => [...context, token])],
          distributions,
          probability: draft.probability * probability,
        },
      ];
      tokens.forEach((_, i) => {
        grown = grow(grown, first + i, shape.children[i] as Shape, q);
      });
      return grown;
    });
  });
}

/** Some tokens that depend on nothing but the context; the same one twice where it so happens. */
function choose(context: readonly number[], count: number, vocabularySize: number): number[] {
  const sum = context.reduce((a, b) => a + b, 1);
  return Array.from({ length: count }, (_, i) => (sum * 3 + i * 2) % vocabularySize);
}

/** Ordered draws without replacement; fewer where q has no more tokens. */
function draws(q: readonly number[], count: number): { tokens: number[]; probability: number }[] {
  const left = q.reduce((a, b) => a + b, 0);
  if (count === 0 || left <= 0) return [{ tokens: [], probability: 1 }];
  return q.flatMap((value, token) => {
    if (value <= 0) return [];
    const others = q.map((other, id) => (id === token ? 0 : other));
    return draws(others, count - 1).map(({ tokens, probability }) => ({
      tokens: [token, ...tokens],
      probability: (value / left) * probability,
    }));
  });
}

/** Listed by falling probability, as the sampler lists it, without the tokens that have none. */
function asDistribution(q: readonly number[]): Distribution {
  const ids = [...q.keys()].filter((id) => (q[id] as number) > 0);
  ids.sort((a, b) => (q[b] as number) - (q[a] as number));
  const distribution = createDistribution(ids.length);
  distribution.ids.set(ids);
  distribution.probs.set(ids.map((id) => q[id] as number));
  distribution.size = ids.length;
  return distribution;
}
