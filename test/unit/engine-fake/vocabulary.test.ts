import { describe, expect, test } from "vitest";
import { defaultFakeModel } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { UserError } from "../../../src/errors.ts";

const vocabulary = fakeVocabulary(defaultFakeModel);

function textOf(tokens: readonly number[], of = vocabulary): string {
  const detokenizer = of.detokenizer([]);
  return tokens.map((token) => detokenizer.push(token)).join("") + detokenizer.flush();
}

describe("tokenizer", () => {
  test.each(["Hello, world", "é🦙世", "世é é\n🦙🦙", "~ ", ""])("round-trips %j", async (text) => {
    for (const shift of [0, 1, 57, 102]) {
      const shifted = fakeVocabulary({ ...defaultFakeModel, shift });
      const tokens = await shifted.tokenize(text);
      expect(tokens[0]).toBe(shifted.specials.bos);
      expect(tokens.every((token) => token > 0 && token < shifted.size)).toBe(true);
      expect(textOf(tokens, shifted)).toBe(text);
    }
  });

  test("tokenizes to other ids in another vocabulary", async () => {
    const shifted = fakeVocabulary({ ...defaultFakeModel, shift: 3 });
    expect(await shifted.tokenize("abc")).not.toEqual(await vocabulary.tokenize("abc"));
    expect([2, 9].map(shifted.entry)).not.toEqual([2, 9].map(vocabulary.entry));
  });

  test("stays within a small vocabulary", async () => {
    const small = fakeVocabulary({ ...defaultFakeModel, vocabularySize: 5 });
    const tokens = await small.tokenize("Hello, é🦙世");
    expect(Math.max(...tokens)).toBeLessThan(5);
  });
});

describe("detokenizer", () => {
  test("gives a character with its last byte", async () => {
    const tokens = (await vocabulary.tokenize("é🦙世")).slice(1);
    const detokenizer = vocabulary.detokenizer([]);
    const pieces = tokens.map((token) => detokenizer.push(token));
    expect(pieces).toEqual(["", "é", "", "", "", "🦙", "世"]);
    expect(detokenizer.flush()).toBe("");
  });

  test("shows what is incomplete at the end as U+FFFD", async () => {
    const [, first] = await vocabulary.tokenize("é");
    const detokenizer = vocabulary.detokenizer([]);
    expect(detokenizer.push(first as number)).toBe("");
    expect(detokenizer.flush()).toBe("\uFFFD");
  });

  test("has no text for the special tokens", () => {
    expect(textOf([1, 0])).toBe("");
    expect([0, 1].map(vocabulary.entry)).toEqual(["<end>", "<begin>"]);
    expect([0, 1, 2].map(vocabulary.isEog)).toEqual([true, false, false]);
  });

  test("shows a lone byte as U+FFFD", async () => {
    const [, first] = await vocabulary.tokenize("é");
    expect(vocabulary.piece(first as number)).toBe("\uFFFD");
  });
});

describe("chat template", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ] as const;

  test("writes who speaks, up to where the answer begins", async () => {
    const tokens = await vocabulary.tokenizeChat(messages);
    expect(tokens[0]).toBe(1);
    expect(textOf(tokens)).toBe("S: Be brief.\nU: Hi\nA:");
  });

  test("is the same where variables are given, which may ask for reasoning", async () => {
    const turns = [...messages, { role: "assistant", content: "Yes." }, messages[1]] as const;
    const given = async (enable_thinking: boolean) =>
      textOf(await vocabulary.tokenizeChat(turns, { kwargs: { enable_thinking } }));
    expect(await given(false)).toBe(textOf(await vocabulary.tokenizeChat(turns)));
    expect(await given(true)).toBe(`${await given(false)}<think>`);
  });

  test("may be another one", async () => {
    const source = { type: "jinja", name: "x", text: "{{ messages[1].content }}" } as const;
    expect(textOf(await vocabulary.tokenizeChat(messages, { source }))).toBe("Hi");
  });

  test("is refused where there is none", () => {
    const plain = fakeVocabulary({ ...defaultFakeModel, template: 0 });
    expect(plain.hasChatTemplate).toBe(false);
    expect(() => plain.tokenizeChat(messages)).toThrow(UserError);
  });
});
