import { createDistribution, type Distribution, sample } from "../../src/decoding/distribution.ts";
import {
  type Draft,
  type Drafter,
  type DraftRequest,
  emptyDraft,
} from "../../src/decoding/drafter.ts";
import { type Random, seededRandom } from "../../src/decoding/random.ts";
import { distributionFromLogits } from "../../src/decoding/sampler.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { logitsAfter } from "./fake.ts";

/** Makes a draft from everything that was emitted so far, the last token included. */
export type Propose = (text: readonly number[], request: DraftRequest) => Draft;

/** A drafter that knows the text and nothing else. */
export function drafterFrom(propose: Propose): Drafter {
  let text: number[] = [];
  return {
    name: "test",
    async *begin(prompt) {
      text = [...prompt];
      yield { done: prompt.length, total: prompt.length, reused: 0 };
    },
    propose: (request) => propose(text, request),
    observe: ({ emitted }) => {
      text.push(...emitted);
    },
  };
}

/** A chain of chosen tokens, without probabilities. */
export function chainDraft(tokens: readonly number[]): Draft {
  return chosenDraft(
    tokens,
    tokens.map((_, i) => i - 1),
  );
}

/** A tree of chosen tokens, without probabilities. */
export function chosenDraft(tokens: readonly number[], parents: readonly number[]): Draft {
  return { tokens, parents, q: tokens.map(() => Number.NaN), distributions: [] };
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** Drafters that no one would write, each deterministic by its seed. */
export const adversaries = {
  "random chains": (spec: FakeModelSpec, seed: number) => {
    const random = seededRandom(seed);
    return drafterFrom((_, { maxLength }) => {
      const length = 1 + whole(random, maxLength);
      return chainDraft(Array.from({ length }, () => whole(random, spec.vocabularySize)));
    });
  },
  "random trees": (spec: FakeModelSpec, seed: number) => {
    const random = seededRandom(seed);
    return drafterFrom((_, { maxLength }) => {
      const length = 1 + whole(random, maxLength);
      const tokens = Array.from({ length }, () => whole(random, spec.vocabularySize));
      return chosenDraft(
        tokens,
        tokens.map((_, i) => whole(random, i + 1) - 1),
      );
    });
  },
  "always right, with decoys": (spec: FakeModelSpec, seed: number) => {
    const random = seededRandom(seed);
    return drafterFrom((text, { maxLength }) => {
      const tokens: number[] = [];
      const parents: number[] = [];
      let known = text;
      let parent = -1;
      while (tokens.length < maxLength) {
        const right = greedyAfter(spec, known);
        const decoy = tokens.length + 1 < maxLength && random() < 0.5;
        if (decoy) {
          tokens.push((right + 1 + whole(random, spec.vocabularySize - 1)) % spec.vocabularySize);
          parents.push(parent);
        }
        tokens.push(right);
        parents.push(parent);
        parent = tokens.length - 1;
        known = [...known, right];
      }
      return chosenDraft(tokens, parents);
    });
  },
  "always wrong": (spec: FakeModelSpec) =>
    drafterFrom((text, { maxLength }) => {
      const wrong = (greedyAfter(spec, text) + 1) % spec.vocabularySize;
      return chainDraft(Array.from({ length: maxLength }, () => wrong));
    }),
  "always the end": () =>
    drafterFrom((_, { maxLength }) => chainDraft(Array.from({ length: maxLength }, () => 0))),
  "sometimes empty": (spec: FakeModelSpec, seed: number) => {
    const random = seededRandom(seed);
    return drafterFrom((text, { maxLength }) => {
      if (random() < 0.5) return emptyDraft;
      return chainDraft([greedyAfter(spec, text), ...(maxLength > 1 ? [2] : [])]);
    });
  },
} satisfies Record<string, (spec: FakeModelSpec, seed: number) => Drafter>;

function greedyAfter(spec: FakeModelSpec, text: readonly number[]): number {
  const logits = logitsAfter(spec, text);
  return logits.indexOf(Math.max(...logits));
}

/** Draws a tree from a fake model: `width` children below each node, without replacement. */
export function samplingTreeDrafter(spec: FakeModelSpec, width: number, depth: number): Drafter {
  return drafterFrom((text, { sampler, random, maxLength }) => {
    const tokens: number[] = [];
    const parents: number[] = [];
    const q: number[] = [];
    const distributions: Distribution[] = [];
    const grow = (known: readonly number[], parent: number, level: number): void => {
      const drawnFrom = createDistribution();
      distributionFromLogits(logitsAfter(spec, known), sampler, drawnFrom);
      distributions[parent + 1] = drawnFrom;
      const children = drawDistinct(drawnFrom, width, random).map((token) => {
        parents.push(parent);
        q.push(Number.NaN);
        return tokens.push(token) - 1;
      });
      if (level + 1 >= Math.min(depth, maxLength)) return;
      for (const child of children) grow([...known, tokens[child] as number], child, level + 1);
    };
    grow(text, -1, 0);
    return { tokens, parents, q, distributions };
  });
}

function drawDistinct(from: Distribution, count: number, random: Random): number[] {
  const left = new Map<number, number>();
  for (let i = 0; i < from.size; i++) {
    if ((from.probs[i] as number) > 0) left.set(from.ids[i] as number, from.probs[i] as number);
  }
  const drawn: number[] = [];
  while (drawn.length < count && left.size > 0) {
    const sum = [...left.values()].reduce((a, b) => a + b, 0);
    const token = sample(
      {
        ids: Int32Array.from(left.keys()),
        probs: Float64Array.from(left.values(), (p) => p / sum),
        size: left.size,
      },
      random,
    );
    drawn.push(token);
    left.delete(token);
  }
  return drawn;
}
