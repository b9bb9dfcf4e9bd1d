import type { DraftHeads } from "../../src/decoding/draft-heads.ts";
import { HeadsDrafter } from "../../src/drafters/heads.ts";
import { fakeChainedHeads, fakeParallelHeads, type HeadsRow } from "../../src/engine/fake/heads.ts";
import { FakeSequence } from "../../src/engine/fake/sequence.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import {
  embeddingVector,
  fakeWidth,
  offsetVector,
  otherToken,
} from "../../src/engine/fake/states.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { fakeSequence } from "./fake.ts";

export interface FakeHeadsOptions {
  readonly target: FakeModelSpec;
  readonly kind: DraftHeads["kind"];
  readonly count: number;
  /** How much of the target's language they know. */
  readonly agreement?: number;
  readonly capacity?: number;
  readonly headsCapacity?: number;
  /** Tokens that they can propose; left out, all. */
  readonly tokens?: readonly number[];
  readonly wait?: (ms: number) => void;
}

/** A target with hidden states and heads for it, with the text of the target. */
export function fakeHeadsPair(options: FakeHeadsOptions) {
  const { target: spec, kind, count, agreement = 0.8, capacity = 256 } = options;
  const { headsCapacity = capacity, wait = () => {} } = options;
  const tokens = options.tokens && Int32Array.from(options.tokens);
  const language = { ...spec, agreement };
  const reader = (kind === "chained" ? fakeChainedHeads : fakeParallelHeads)({
    ...{ language, count, tokens },
  });
  const sequence = new FakeSequence<HeadsRow>({
    ...{ reader, costs: language, capacity: headsCapacity, maxBranches: 64, wait },
    hiddenStates: kind === "chained",
  });
  const heads: DraftHeads = {
    ...{ kind, count, width: fakeWidth, sequence, ...(tokens && { tokens }) },
    offset: offsetVector,
    embedding: (token) =>
      embeddingVector(tokens === undefined || tokens.includes(token) ? token : otherToken),
  };
  return {
    target: fakeSequence(spec, { capacity, hiddenStates: true }),
    ...{ sequence, heads },
    drafter: new HeadsDrafter(heads),
    text: fakeVocabulary(spec),
  };
}
