import { expect, test } from "vitest";
import type { TokenText } from "../../../src/decoding/text.ts";
import { SpokenAnswers } from "../../../src/engine/spoken-answers.ts";

/** Token 10 is a, 11 is b, 12 is ab, 13 is c; 1 begins and 2 ends a turn, and neither has text. */
const pieces: Readonly<Record<number, string>> = { 10: "a", 11: "b", 12: "ab", 13: "c" };
const text: TokenText = {
  isEog: (token) => token === 2,
  detokenizer: () => ({ push: (token) => pieces[token] ?? "", flush: () => "" }),
  piece: (token) => pieces[token] ?? "",
};

function remembering(...answers: readonly { prompt: number[]; answer: number[] }[]): SpokenAnswers {
  const spoken = new SpokenAnswers(text);
  for (const answer of answers) spoken.remember(answer);
  return spoken;
}

test("puts back what the model wrote where the tokenizer writes the same text otherwise", () => {
  const spoken = remembering({ prompt: [1, 13], answer: [10, 11] });
  expect(spoken.restore([1, 13, 12, 2, 1, 13])).toEqual([1, 13, 10, 11, 2, 1, 13]);
});

test("puts back several answers, each in the prompt as the tokenizer wrote it", () => {
  const spoken = remembering(
    { prompt: [1, 13], answer: [10, 11] },
    { prompt: [1, 13, 12, 2, 1, 13, 13], answer: [10, 11, 13] },
  );
  expect(spoken.restore([1, 13, 12, 2, 1, 13, 13, 12, 13, 2, 1])).toEqual([
    ...[1, 13, 10, 11, 2, 1, 13, 13, 10, 11, 13, 2, 1],
  ]);
});

test.each([
  ["another question", [1, 10, 12, 2]],
  ["another answer", [1, 13, 13, 2]],
  ["an answer that was cut", [1, 13, 10, 2]],
  ["nothing behind the question", [1, 13]],
])("leaves %s alone", (_, prompt) => {
  const spoken = remembering({ prompt: [1, 13], answer: [10, 11] });
  expect(spoken.restore(prompt)).toEqual(prompt);
});

test("reasoning that the template dropped does not come back", () => {
  // The answer was "ca", where c stands for the reasoning.
  const spoken = remembering({ prompt: [1, 13], answer: [13, 10] });
  expect(spoken.restore([1, 13, 10, 2, 1, 13])).toEqual([1, 13, 10, 2, 1, 13]);
});

test("an answer that ends inside a longer token stays the tokenizer's", () => {
  const spoken = remembering({ prompt: [1, 13], answer: [10] });
  expect(spoken.restore([1, 13, 12, 2])).toEqual([1, 13, 12, 2]);
});
