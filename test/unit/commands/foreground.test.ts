import { expect, test } from "vitest";
import { isForegroundStat } from "../../../src/commands/foreground.ts";

test.each([
  ["the terminal's group is its own", "417 (node) S 380 417 300 34816 417 4194304", true],
  ["another group has the terminal", "417 (node) S 380 417 300 34816 300 4194304", false],
  ["it has no terminal of its own", "417 (node) S 380 417 300 0 -1 4194304", true],
  ["its name looks like fields", "417 (a) S 1 2 3) S 380 417 300 34816 300 0", false],
])("where %s", (_, stat, expected) => {
  expect(isForegroundStat(stat)).toBe(expected);
});
