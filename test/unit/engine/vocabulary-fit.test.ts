import { describe, expect, test } from "vitest";
import { defaultFakeModel, type FakeModelSpec } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { chooseStandIn } from "../../../src/engine/stand-in.ts";
import {
  compareVocabularies,
  type VocabularyComparison,
} from "../../../src/engine/vocabulary-check.ts";
import { requireVocabularyFits, vocabularyNotices } from "../../../src/engine/vocabulary-fit.ts";

const files = { target: "big.gguf", draft: "small.gguf" };
const vocabulary = (changes: Partial<FakeModelSpec> = {}) =>
  fakeVocabulary({ ...defaultFakeModel, vocabularySize: 302, ...changes });
const compared = (draft: Partial<FakeModelSpec>): VocabularyComparison =>
  compareVocabularies(vocabulary(), vocabulary(draft));

describe("a draft model fits", () => {
  test.each<[string, Partial<FakeModelSpec>]>([
    ["with the same vocabulary", {}],
    ["with a padded one", { vocabularySize: 310 }],
    ["with other control tokens", { rename: [0, 1] }],
    ["with 1% of other ordinary tokens", { rename: [10, 20, 30] }],
    ["with both", { rename: [0, 1, 10, 20, 30] }],
  ])("%s", (_, draft) => {
    expect(() => requireVocabularyFits(compared(draft), files)).not.toThrow();
  });

  test("whatever ids its special tokens have", () => {
    const draft = { ...vocabulary(), specials: { bos: 1, eos: 5, eot: undefined } };
    const comparison = compareVocabularies(vocabulary(), draft);
    expect(() => requireVocabularyFits(comparison, { ...files, strict: true })).not.toThrow();
  });
});

describe("a draft model is refused", () => {
  test("with more than 1% of other ordinary tokens", () => {
    expect(() => requireVocabularyFits(compared({ rename: [10, 20, 30, 40] }), files)).toThrow(
      "big.gguf and small.gguf do not share a vocabulary: 4 of 302 tokens differ, among them " +
        '4 of 300 ordinary ones (at most 1% may); token 10 is "(" and "( renamed"',
    );
  });

  test("with another kind of tokenizer, even with the same entries", () => {
    const comparison = compareVocabularies(vocabulary(), { ...vocabulary(), type: "spm" });
    expect(() => requireVocabularyFits(comparison, files)).toThrow("tokenizers are fake and spm");
  });

  test("with hardly any tokens in common, even if no file calls them ordinary", () => {
    const special = (entry: string) => ({
      ...vocabulary(),
      isOrdinary: () => false,
      entry: (token: number) => `${entry} ${token}`,
    });
    const comparison = compareVocabularies(special("a"), special("b"));
    expect(() => requireVocabularyFits(comparison, files)).toThrow("302 of 302 tokens differ");
  });

  test.each([
    [false, "Take a draft model of the target's own family."],
    [true, "Take a draft model of the target's own family."],
  ])("with a hint that helps (strict: %s)", (strict, hint) => {
    const comparison = compared({ shift: 1 });
    expect(() => requireVocabularyFits(comparison, { ...files, strict })).toThrow(
      expect.objectContaining({ code: "vocabulary-mismatch", exitCode: 3, hint }),
    );
  });

  test("with a single other token where the vocabularies must match", () => {
    expect(() =>
      requireVocabularyFits(compared({ rename: [1] }), { ...files, strict: true }),
    ).toThrow(
      expect.objectContaining({
        exitCode: 3,
        message:
          "big.gguf and small.gguf do not share a vocabulary: 1 of 302 tokens differ; " +
          'token 1 is "<begin>" and "<begin> renamed"',
        hint: "Without --strict-vocabulary the pair runs, and these tokens are never drafted.",
      }),
    );
  });
});

describe("a notice", () => {
  test("is not given where nothing differs", () => {
    expect(vocabularyNotices(compared({}))).toEqual([]);
  });

  test("names the tokens that differ, the first three of many", () => {
    const [notice] = vocabularyNotices(compared({ rename: [0, 1, 10, 20, 30] }));
    expect(notice).toMatchObject({
      code: "vocabulary-differs",
      text:
        "5 of 302 tokens differ between target and draft and will never be drafted: " +
        'token 0 is "<end>" and "<end> renamed"; token 1 is "<begin>" and "<begin> renamed"; ' +
        'token 10 is "(" and "( renamed"; and 2 more',
    });
  });

  test("of one token is about one token", () => {
    const [notice] = vocabularyNotices(compared({ rename: [1] }));
    expect(notice?.text).toMatch(/^1 of 302 tokens differs .*"<begin> renamed"$/);
  });
});

describe("the token that stands in for others", () => {
  const newline = 2 + 95;

  test("is the draft's newline", async () => {
    const shared = { size: 302, excluded: new Set([0, 5]) };
    expect(await chooseStandIn(vocabulary(), shared)).toBe(newline);
  });

  test.each([
    ["a differing newline", { size: 302, excluded: new Set([0, 1, 2, newline]) }, 3],
    ["a small shared range", { size: 50, excluded: new Set([0, 1]) }, 2],
  ])("is the first shared one with %s", async (_, shared, expected) => {
    expect(await chooseStandIn(vocabulary(), shared)).toBe(expected);
  });
});
