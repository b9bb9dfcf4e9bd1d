import { describe, expect, test } from "vitest";
import { defaultFakeModel, type FakeModelSpec } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import type { Vocabulary } from "../../../src/engine/port.ts";
import { compareVocabularies } from "../../../src/engine/vocabulary-check.ts";

const vocabulary = (changes: Partial<FakeModelSpec> = {}): Vocabulary =>
  fakeVocabulary({ ...defaultFakeModel, ...changes });

/** A vocabulary with some entries replaced, and some tokens marked as not ordinary. */
function changed(entries: Readonly<Record<number, string>>, special: readonly number[] = []) {
  const plain = vocabulary();
  return {
    ...plain,
    entry: (token: number) => entries[token] ?? plain.entry(token),
    isOrdinary: (token: number) => plain.isOrdinary(token) && !special.includes(token),
  };
}

describe("vocabularies", () => {
  test("of one family agree", () => {
    expect(compareVocabularies(vocabulary(), vocabulary())).toEqual({
      differences: [],
      differing: 0,
      differingIds: [],
      specials: [],
      sharedSize: 105,
    });
  });

  test("differ in names of any length, which are cut, and not compared by what is left", () => {
    const long = "y".repeat(300_000);
    const specials = { bos: 7, eos: undefined, eot: undefined };
    const ours = { ...changed({ 7: `${long}a` }), specials };
    const theirs = { ...changed({ 7: `${long}b` }), specials: { ...specials, bos: 8 } };
    const { differences, specials: special } = compareVocabularies(ours, theirs);
    const cut = `${"y".repeat(60)}…`;
    expect(differences).toEqual([{ token: 7, target: cut, draft: cut }]);
    expect(special).toMatchObject([{ role: "bos", target: cut }]);
  });

  test("may be padded: what only one has is not shared", () => {
    const comparison = compareVocabularies(vocabulary(), vocabulary({ vocabularySize: 80 }));
    expect(comparison).toMatchObject({ differing: 0, sharedSize: 80 });
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
  });

  test("of different kinds say so, even with the same entries", () => {
    const comparison = compareVocabularies(vocabulary(), { ...vocabulary(), type: "spm" });
    expect(comparison.types).toEqual({ target: "fake", draft: "spm" });
  });

  test("with special tokens at other ids name them", () => {
    const draft = { ...vocabulary(), specials: { bos: 1, eos: 5, eot: undefined } };
    const comparison = compareVocabularies(vocabulary(), draft);
    expect(comparison.specials).toEqual([{ role: "eos", target: "<end>", draft: "#" }]);
  });

  test("with a special token of another name at the same id differ in that token alone", () => {
    const comparison = compareVocabularies(vocabulary(), vocabulary({ rename: [0] }));
    expect(comparison.specials).toEqual([]);
    expect(comparison.differences).toEqual([{ token: 0, target: "<end>", draft: "<end> renamed" }]);
  });
});

describe("tokens that differ", () => {
  test("are listed, and counted by whether text is made of them", () => {
    const comparison = compareVocabularies(vocabulary(), vocabulary({ rename: [0, 1, 7, 50] }));
    expect(comparison.differingIds).toEqual([0, 1, 7, 50]);
    expect(comparison.ordinary).toEqual({ differing: 2, shared: 103 });
  });

  test("are ordinary where either model uses them so", () => {
    const target = changed({ 7: "<think>" }, [7]);
    expect(compareVocabularies(target, vocabulary()).ordinary).toEqual({
      ...{ differing: 1, shared: 103 },
    });
    expect(compareVocabularies(target, changed({ 7: "<tool>" }, [7])).ordinary).toEqual({
      ...{ differing: 0, shared: 102 },
    });
  });

  test.each([
    ["", "[PAD151665]"],
    ["<unused12>", "<|extra_5|>"],
    ["[EMPTY_7]", "<pad7>"],
    ["<|reserved_special_token_3|>", "<extra_id_9>"],
  ])("are padding by their names %j and %j, although no file marks them", (ours, theirs) => {
    const { ordinary } = compareVocabularies(changed({ 7: ours }), changed({ 7: theirs }));
    expect(ordinary).toEqual({ differing: 0, shared: 102 });
  });

  test.each(["pad", "<padding", "unused", "[x]", "<p>", "reserved 3"])(
    "are text by the name %j",
    (entry) => {
      const { ordinary } = compareVocabularies(vocabulary(), changed({ 7: entry }));
      expect(ordinary?.differing).toBe(1);
      const same = compareVocabularies(changed({ 7: entry, 8: "x" }), changed({ 7: entry }));
      expect(same.ordinary).toEqual({ differing: 1, shared: 103 });
    },
  );
});
