import stringWidth from "string-width";
import { expect, test } from "vitest";
import { cellsOf, widthOf } from "../../../src/text/cells.ts";

test("every character of the quick way has the width that the slow one gives it", () => {
  for (let code = 0x20; code < 0x3000; code++) {
    const character = String.fromCodePoint(code);
    if (widthOf(character) !== stringWidth(character)) expect.fail(`U+${code.toString(16)}`);
    // Behind a letter none of them joins it or marks it, as the slow way would notice.
    if (widthOf(`a${character}`) !== stringWidth(`a${character}`)) {
      expect.fail(`a and U+${code.toString(16)}`);
    }
  }
});

test("cells are what a person takes for characters", () => {
  const cells = cellsOf("aé日👨‍👩‍👧─e\u0301");
  expect(cells.map(({ text, width }) => `${text}${width}`)).toEqual([
    "a1",
    "é1",
    "日2",
    "👨‍👩‍👧2",
    "─1",
    "e\u03011",
  ]);
  expect(cells.map(({ start }) => start)).toEqual([0, 1, 2, 3, 11, 12]);
  expect(cellsOf("a─").map(({ text, start, width }) => [text, start, width])).toEqual([
    ["a", 0, 1],
    ["─", 1, 1],
  ]);
});
