import { expect, test } from "vitest";
import { parseFakeModel } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { writeInfill } from "../../../src/engine/infill.ts";

const vocabulary = {
  ...{ model: "code.gguf", addsBos: false },
  specials: { bos: 1, eos: 2, eot: undefined },
  infill: { prefix: 100, suffix: 101, middle: 102 },
  plainTokens: (text: string) => [...text].map((character) => character.charCodeAt(0)),
};
const gap = { prefix: "a", suffix: "bc" };

test("prefix, suffix and middle each come after their token", () => {
  expect(writeInfill(vocabulary, gap)).toEqual([100, 97, 101, 98, 99, 102]);
});

test("a model that begins texts with BOS has it first", () => {
  expect(writeInfill({ ...vocabulary, addsBos: true }, gap)).toEqual([
    1, 100, 97, 101, 98, 99, 102,
  ]);
});

test.each([
  [{}, "code.gguf has no fill-in-the-middle tokens, so it cannot fill a gap in code"],
  [
    { prefix: 100, middle: 102 },
    "code.gguf has no fill-in-the-middle tokens for suffix, so it cannot fill a gap in code",
  ],
])("a model with only %j of them is refused by name", (tokens, message) => {
  const infill = { prefix: undefined, suffix: undefined, middle: undefined, ...tokens };
  expect(() => writeInfill({ ...vocabulary, infill }, gap)).toThrow(
    expect.objectContaining({ code: "no-infill", message, exitCode: 3 }),
  );
});

test("the fake model has them where it was asked to", async () => {
  const { size, piece, tokenizeInfill } = fakeVocabulary(parseFakeModel("fake:vocab=108,fim=1"));
  const tokens = await tokenizeInfill(gap);
  expect(tokens.map(piece).join("")).toBe("<begin><prefix>a<suffix>bc<middle>");
  expect(tokens.filter((token) => token >= size - 3)).toEqual([size - 3, size - 2, size - 1]);
});

test("special tokens that the code spells stay plain text", async () => {
  const { tokenizeInfill, specials } = fakeVocabulary(parseFakeModel("fake:vocab=108,fim=1"));
  const tokens = await tokenizeInfill({ prefix: "<end>", suffix: "<middle>" });
  expect(tokens).not.toContain(specials.eos);
  expect(tokens.filter((token) => token === 107)).toHaveLength(1);
});
