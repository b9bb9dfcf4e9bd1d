import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printableJson } from "../../../src/text/printable-json.ts";
import { visibleStrings } from "../../../src/text/visible-strings.ts";
import { visibleLines, visibleText } from "../../../src/text/visible-text.ts";
import { flood, harmIn, hostile } from "../../support/hostile.ts";

/** Text that people write, with all that is invisible in it and belongs there. */
const ordinary = [
  ...["plain-t0", "C:\\models\\a.gguf", "std::vector ::1 a::b", "## Title [1]", "naïve é"],
  ...["مرحبا", "می‌خواهم", "שלום", "漢字", "葛\u{e0100}", "हिन्दी क्‍ष", "ශ්‍රී", "ไทย", "한국어"],
  ...[
    "👩‍👩‍👧",
    "❤️‍🔥",
    "🏳️‍🌈",
    "👍🏽",
    "1️⃣",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "🇩🇪",
  ],
];

/** Anything, and more often what is special. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        ...Array.from(hostile),
        "\u200d",
        "\ufe0f",
        "::error::",
        "##[",
        "👩",
        "\udc00",
      ),
      fc.constantFrom(...ordinary),
    ),
  )
  .map((parts) => parts.join(""));

describe("visibleText", () => {
  test("shows control characters as pictures, line breaks as one, and the rest by code point", () => {
    expect(visibleText("\u001b[31mred\u0007\tx\u007f")).toBe("␛[31mred␇␉x␡");
    expect(visibleText("a\nb\r\nc\rd")).toBe("a⏎b⏎c␍d");
    expect(visibleText("a\u202eb\u200bc\ufeff\u0085\u2028\u{e0041}\ud800")).toBe(
      "a\\u{202e}b\\u{200b}c\\u{feff}\\u{85}\\u{2028}\\u{e0041}\\u{d800}",
    );
  });

  test.each(ordinary)("leaves %s as it is", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  test("shows a joiner or a selector that joins or selects nothing", () => {
    expect(visibleText("pay\u200dpal a\ufe0f 👩\u200d")).toBe(
      "pay\\u{200d}pal a\\u{fe0f} 👩\\u{200d}",
    );
    expect(visibleText("👍\ufe0f\ufe0f")).toBe("👍\ufe0f\\u{fe0f}");
  });

  test("breaks commands of CI runners, wherever a line may come to begin", () => {
    expect(visibleText("::error::x")).toBe("\\u{3a}:error::x");
    expect(visibleText("a ::set-env name=x::y")).toBe("a \\u{3a}:set-env name=x::y");
    expect(visibleText("a ##[error]b ##vso[task.x]")).toBe(
      "a #\\u{23}[error]b #\\u{23}vso[task.x]",
    );
  });

  test("keeps both ends of what is too long, and says how long it was", () => {
    const text = visibleText(`begin${"x".repeat(199_992)}end`, 100);
    expect(text).toMatch(/^beginx+… \(200,000 characters\) …x+end$/);
    expect(text).toHaveLength(100);
    expect(visibleText("abcdefghij".repeat(9), 20)).toBe("abcdefghijabcdefghi…");
  });

  test("gives nothing harmful, never more than was asked for, and nothing else the second time", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 200 }), (text, max) => {
        const shown = visibleText(text, max);
        expect(harmIn(shown)).toEqual([]);
        expect(shown).not.toContain("\n");
        expect(shown.length).toBeLessThanOrEqual(max);
        expect(visibleText(shown, max)).toBe(shown);
      }),
      { numRuns: 2000 },
    );
  });

  test("takes a flood in no time", () => {
    expect(visibleText(flood)).toHaveLength(800);
    expect(visibleText(hostile.repeat(20_000)).length).toBeLessThanOrEqual(800);
  });
});

test("visibleLines keeps line breaks, and a line break alone", () => {
  expect(visibleLines("a\u001b\r\nb\n")).toBe("a␛\nb\n");
});

test("visibleStrings cleans every string of data, names shorter than sentences", () => {
  const data = { a: [{ name: flood, text: flood, n: 1, none: null }], when: new Date(0) };
  const shown = visibleStrings(data);
  expect(shown.a[0]).toMatchObject({ n: 1, none: null });
  expect([shown.a[0]?.name.length, shown.a[0]?.text.length]).toEqual([160, 800]);
  expect(shown.when).toBe(data.when);
});

describe("printableJson", () => {
  test("escapes what JSON leaves", () => {
    expect(printableJson({ a: "\u007f\u009b\u202e\u{e0041}é👩‍👧" })).toBe(
      '{"a":"\\u007f\\u009b\\u202e\\udb40\\udc41é👩‍👧"}',
    );
    expect(printableJson(["x", 1], 2)).toBe('[\n  "x",\n  1\n]');
  });

  test("is the same data, harmless", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(0, 2), (text, indent) => {
        const json = printableJson({ [text]: [text] }, indent);
        expect(harmIn(json)).toEqual([]);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [text]: [text] })));
      }),
      { numRuns: 1000 },
    );
  });
});
