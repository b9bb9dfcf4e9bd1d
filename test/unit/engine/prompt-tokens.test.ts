import { expect, test } from "vitest";
import { parseFakeModel } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { promptFacts, promptTokens } from "../../../src/engine/prompt-tokens.ts";

const vocabulary = fakeVocabulary(parseFakeModel("fake:vocab=108,fim=1"));

async function read(text: string, special: boolean) {
  const tokens = await promptTokens(vocabulary, { type: "text", text, special });
  return { tokens, text: tokens.map(vocabulary.piece).join("") };
}

test("special tokens are read only where that is asked for", async () => {
  const asText = await read("a<end>b", false);
  expect(asText.tokens).toHaveLength(8);
  const asTokens = await read("a<end>b", true);
  expect(asTokens.tokens).toHaveLength(4);
  expect(asTokens.tokens[2]).toBe(vocabulary.specials.eos);
});

test("BOS is not added before one that the text spells", async () => {
  const bos = vocabulary.specials.bos;
  const count = async (text: string) =>
    (await read(text, true)).tokens.filter((token) => token === bos).length;
  expect(await count("hi")).toBe(1);
  expect(await count("<begin>hi")).toBe(1);
  expect(await count("<begin><begin>hi")).toBe(2);
  expect(await count("hi<begin>")).toBe(2);
});

test("tokens that the answer begins with come last", async () => {
  const prompt = { type: "infill", prefix: "a", suffix: "b", begun: [7, 8] } as const;
  const tokens = await promptTokens(vocabulary, prompt);
  expect(tokens.slice(-3)).toEqual([107, 7, 8]);
});

test.each([
  ["<prefix>a<suffix>b<middle>", ["<prefix>", "<suffix>", "<middle>"]],
  ["<end> and <end>", ["<end>"]],
  ["<begin>hi", ["<begin>"]],
  ["<other> is no token, begin is no tag", []],
])("finds what %j spells", async (text, spelled) => {
  const facts = await promptFacts(vocabulary, { type: "text", text });
  expect(facts).toEqual({ tokens: text.length + 1, spelled });
});

test.each([
  { type: "text", text: "a<end>", special: true },
  { type: "chat", messages: [{ role: "user", content: "a<end>" }] },
  { type: "infill", prefix: "a<end>", suffix: "" },
] as const)(
  "nothing is amiss with a prompt of type $type that is read as it was meant",
  async (prompt) => {
    expect((await promptFacts(vocabulary, prompt)).spelled).toEqual([]);
  },
);
