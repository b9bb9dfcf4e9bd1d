import type { Random } from "../../src/decoding/random.ts";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import type { TokenText } from "../../src/decoding/text.ts";
import { DraftModelDrafter } from "../../src/drafters/draft-model.ts";
import type { SharedTokens } from "../../src/drafters/shared-tokens.ts";
import { fakeLogits } from "../../src/engine/fake/language.ts";
import { fakeModel } from "../../src/engine/fake/model.ts";
import { FakeSequence } from "../../src/engine/fake/sequence.ts";
import { defaultFakeModel, type FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";

export const greedy: SamplerSettings = { temperature: 0, topK: 0, topP: 1, minP: 0 };
export const plainSampling: SamplerSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** A fake model with a vocabulary of 8 unless told otherwise. */
export function fakeSpec(spec: Partial<FakeModelSpec> = {}): FakeModelSpec {
  return { ...defaultFakeModel, vocabularySize: 8, sharpness: 2, endBias: -1, ...spec };
}

/** A sequence of a fake model; its time passes on `wait`, which does nothing by itself. */
export function fakeSequence(
  spec: FakeModelSpec,
  {
    capacity = 256,
    maxBranches = 64,
    wait = (_ms: number): void => {},
    hiddenStates = false,
    canRollBack = true,
  } = {},
): FakeSequence {
  const reader = fakeModel(spec);
  return new FakeSequence({
    reader,
    costs: spec,
    capacity,
    maxBranches,
    wait,
    hiddenStates,
    canRollBack,
  });
}

/** A target and a draft model on caches of their own, with the text of the target. */
export interface FakePair {
  readonly target: FakeSequence;
  readonly draft: FakeSequence;
  readonly drafter: DraftModelDrafter;
  readonly text: TokenText;
}

export interface FakePairOptions {
  readonly target: FakeModelSpec;
  /** Left out: the target's own language, mixed with another by this much. */
  readonly agreement?: number;
  readonly draft?: FakeModelSpec;
  /** Ids that mean something else to the draft model; none unless told. */
  readonly excluded?: readonly number[];
  readonly capacity?: number;
  readonly draftCapacity?: number;
  readonly wholeChunks?: boolean;
}

export function fakePair(options: FakePairOptions): FakePair {
  const { agreement = 0.8, capacity = 256, draftCapacity = capacity, wholeChunks } = options;
  const draftSpec = options.draft ?? { ...options.target, agreement };
  const target = fakeSequence(options.target, { capacity });
  const draft = fakeSequence(draftSpec, { capacity: draftCapacity });
  const size = Math.min(options.target.vocabularySize, draftSpec.vocabularySize);
  const drafter = new DraftModelDrafter({
    sequence: draft,
    shared: sharedTokens(size, options.excluded ?? []),
    ...(wholeChunks !== undefined && { wholeChunks }),
  });
  return { target, draft, drafter, text: fakeVocabulary(options.target) };
}

/** All ids below `size` but those; the first that is shared stands in for the others. */
export function sharedTokens(size: number, excluded: readonly number[]): SharedTokens {
  const ids = Array.from({ length: size }, (_, token) => token);
  const standIn = ids.find((token) => !excluded.includes(token));
  if (standIn === undefined) throw new Error("no token is shared");
  return { size, excluded: new Set(excluded.filter((token) => token < size)), standIn };
}

/** The logits of a fake model after `tokens`. */
export function logitsAfter(spec: FakeModelSpec, tokens: readonly number[]): Float32Array {
  const out = new Float32Array(spec.vocabularySize);
  fakeLogits(spec, tokens.at(-2) ?? -1, tokens.at(-1) as number, out);
  return out;
}

/** A clock that moves by itself one millisecond a look. */
export function tickingClock(): () => number {
  let now = 0;
  return () => now++;
}

/** Fails when chance is asked for where there should be none. */
export const noRandom: Random = () => {
  throw new Error("a random number was asked for");
};
