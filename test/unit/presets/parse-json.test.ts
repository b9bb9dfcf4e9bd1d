import { expect, test } from "vitest";
import { parseJson } from "../../../src/presets/parse-json.ts";

test("JSON is parsed", () => {
  expect(parseJson('{"a": [1, 2]}', "x.json")).toEqual({ a: [1, 2] });
});

test.each([
  ["a word", "{\n\n  x\n}", 3],
  ["a missing comma", '{\n"a": 1\n"b": 2\n}', 3],
  ["a comma too many", '{\n"a": 1,\n}', 3],
  ["a text without an end", '{\n"a": "x\n}', 2],
  ["a cut literal", '{\n"a": tru\n}', 2],
  ["an empty value", "[\n1,\n,\n2]", 3],
  ["text after the end", "{}\n\n}", 3],
  ["no end", '{\n"a": [1,\n2\n', 3],
  ["nothing", "", 1],
])("%s is named with its line", (_, text, line) => {
  expect(() => parseJson(text, "x.json")).toThrow(
    new RegExp(`^x\\.json line ${line} is not JSON: `),
  );
});
