import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { widthOf } from "../../../src/text/cells.ts";
import { type Spaces, wrapText } from "../../../src/text/wrap-text.ts";

function rows(text: string, width: number, spaces: Spaces = "hang"): string[] {
  return wrapText(text, width, spaces).map(({ start, end }) => text.slice(start, end));
}

describe("wrapText", () => {
  test.each<[string, number, string[]]>([
    ["", 5, [""]],
    ["a\n\nb", 5, ["a", "", "b"]],
    ["one two three", 7, ["one two", "three"]],
    ["one two three", 8, ["one two", "three"]],
    ["abcdefghij", 4, ["abcd", "efgh", "ij"]],
    ["a abcdefgh", 4, ["a", "abcd", "efgh"]],
    ["    indented text", 12, ["    indented", "text"]],
    ["        abcdef", 10, ["        ab", "cdef"]],
    ["ends   ", 4, ["ends"]],
    ["日本語です", 4, ["日本", "語で", "す"]],
    ["a日本語", 4, ["a日", "本語"]],
    ["eeé́é́x", 3, ["eeé́", "é́x"]],
    ["👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 5, ["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]],
    ["日本", 1, ["日", "本"]],
  ])("%j in %i columns", (text, width, expected) => {
    expect(rows(text, width)).toEqual(expected);
  });

  test("keeps every space where the cursor may stand", () => {
    expect(rows("one two  three", 4, "keep")).toEqual(["one ", "two ", " ", "thre", "e"]);
    expect(rows("      ", 4, "keep")).toEqual(["    ", "  "]);
  });

  const text = fc
    .array(
      fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(" ", "  ", "\n", "日本", "word ")),
    )
    .map((parts) => parts.join("").replaceAll("\r", ""));
  // Some characters that are rarely seen are wider than two columns.
  const width = fc.integer({ min: 6, max: 30 });

  test.each<Spaces>(["hang", "keep"])("makes no row wider than it may be (%s)", (spaces) => {
    fc.assert(
      fc.property(text, width, (written, columns) => {
        for (const row of rows(written, columns, spaces)) {
          expect(widthOf(row)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });

  test("loses nothing: rows follow each other, but for spaces and newlines between them", () => {
    fc.assert(
      fc.property(text, width, (written, columns) => {
        let at = 0;
        for (const { start, end } of wrapText(written, columns, "hang")) {
          expect(written.slice(at, start)).toMatch(/^ *\n?$/);
          at = end;
        }
        expect(written.slice(at)).toMatch(/^ *$/);
        const kept = wrapText(written, columns, "keep");
        for (const [index, { end }] of kept.entries()) {
          const next = kept[index + 1]?.start ?? written.length;
          expect(next - end).toBe(written[end] === "\n" && next > end ? 1 : 0);
        }
      }),
    );
  });
});
