import { expect, test } from "vitest";
import { withStdinPrompts } from "../../../src/commands/stdin-prompts.ts";

test.each([
  ["bench --prompts -", "bench --prompts --prompts=-"],
  ["bench --prompts a - b --raw", "bench --prompts a --prompts=- b --raw"],
  ["bench --prompts=a -", "bench --prompts=a --prompts=-"],
  ["bench --prompts-limit 2 -", "bench --prompts-limit 2 -"],
  ["bench --prompts a --seed 1 -", "bench --prompts a --seed 1 -"],
  ["generate -", "generate -"],
])("%s", (before, after) => {
  expect(withStdinPrompts(before.split(" "))).toEqual(after.split(" "));
});
