import fc from "fast-check";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { fakeSpec } from "./fake.ts";

/** Small languages; with shift 94 the vocabulary has characters that span tokens. */
export const specs: fc.Arbitrary<FakeModelSpec> = fc
  .record({
    vocabularySize: fc.integer({ min: 4, max: 14 }),
    seed: fc.integer({ min: 1, max: 10_000 }),
    sharpness: fc.constantFrom(0.5, 2, 5),
    endBias: fc.constantFrom(-8, -2, 0),
    shift: fc.constantFrom(0, 94),
  })
  .map(fakeSpec);

/** Prompts, long ones as often as short ones, so that prefills have several chunks. */
export function tokensOf(spec: FakeModelSpec, maxLength: number): fc.Arbitrary<number[]> {
  const token = fc.integer({ min: 0, max: spec.vocabularySize - 1 });
  return fc.array(token, { minLength: 1, maxLength, size: "max" });
}

/** Texts of one to three tokens, so that they occur, span tokens and share beginnings. */
export function stopTextsOf(spec: FakeModelSpec): fc.Arbitrary<string[]> {
  const token = fc.integer({ min: 2, max: spec.vocabularySize - 1 });
  const text = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => {
    const detokenizer = fakeVocabulary(spec).detokenizer([]);
    return tokens.map((id) => detokenizer.push(id)).join("");
  });
  return fc.oneof(fc.constant<string[]>([]), fc.array(text, { maxLength: 3 }));
}

/** Samplers above temperature 0, each filter on or off. */
export const samplers: fc.Arbitrary<SamplerSettings> = fc.record({
  temperature: fc.constantFrom(0.3, 0.8, 1, 1.7),
  topK: fc.constantFrom(0, 0, 1, 2, 3, 4),
  topP: fc.constantFrom(1, 1, 0.95, 0.7, 0.3),
  minP: fc.constantFrom(0, 0, 0.05, 0.3),
});
