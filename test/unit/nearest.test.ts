import { expect, test } from "vitest";
import { nearest } from "../../src/nearest.ts";

const names = ["code", "maths", "translation", "smollm2"];

test.each([
  ["cod", "code"],
  ["Code", "code"],
  ["math", "maths"],
  ["smolm2", "smollm2"],
  ["transaltion", "translation"],
])("%s most likely means %s", (word, name) => {
  expect(nearest(word, names)).toBe(name);
});

test.each(["one", "hi", "moths-eaten", "x", ""])("%j means none", (word) => {
  expect(nearest(word, names)).toBeUndefined();
});
