import { describe, expect, test } from "vitest";
import { defaultFakeModel, type FakeModelSpec } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import type { Vocabulary } from "../../../src/engine/port.ts";
import {
  compareVocabularies,
  requireSameVocabulary,
} from "../../../src/engine/vocabulary-check.ts";

const files = { target: "big.gguf", draft: "small.gguf" };
const vocabulary = (changes: Partial<FakeModelSpec> = {}): Vocabulary =>
  fakeVocabulary({ ...defaultFakeModel, ...changes });

describe("vocabularies", () => {
  test("of one family agree", () => {
    const comparison = compareVocabularies(vocabulary(), vocabulary());
    expect(comparison).toEqual({ differences: [], differing: 0, specials: [], sharedSize: 105 });
    expect(() => requireSameVocabulary(comparison, files)).not.toThrow();
  });

  test("may be padded: what only one has is not shared", () => {
    const comparison = compareVocabularies(vocabulary(), vocabulary({ vocabularySize: 80 }));
    expect(comparison).toMatchObject({ differing: 0, sharedSize: 80 });
    expect(() => requireSameVocabulary(comparison, files)).not.toThrow();
  });

  test("of different families differ by name, the first ones first", () => {
    // Bytes that are no character of their own all read as U+FFFD.
    const comparison = compareVocabularies(vocabulary(), vocabulary({ shift: 1 }));
    expect(comparison.differing).toBe(98);
    expect(comparison.differences).toEqual([
      { token: 2, target: " ", draft: "!" },
      { token: 3, target: "!", draft: '"' },
      { token: 4, target: '"', draft: "#" },
    ]);
    expect(() => requireSameVocabulary(comparison, files)).toThrow(
      'big.gguf and small.gguf do not share a vocabulary: 98 of 105 tokens differ; token 2 is " " and "!"',
    );
  });

  test("of different kinds do not fit, even with the same entries", () => {
    const comparison = compareVocabularies(vocabulary(), { ...vocabulary(), type: "spm" });
    expect(comparison.types).toEqual({ target: "fake", draft: "spm" });
    expect(() => requireSameVocabulary(comparison, files)).toThrow("tokenizers are fake and spm");
  });

  test("with other special tokens fit, and the difference is told", () => {
    const draft = { ...vocabulary(), specials: { bos: 1, eos: 5, eot: undefined } };
    const comparison = compareVocabularies(vocabulary(), draft);
    expect(comparison.specials).toEqual([{ role: "eos", target: "<end>", draft: "#" }]);
    expect(() => requireSameVocabulary(comparison, files)).not.toThrow();
  });
});
