import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { type Committed, emptyLive, finishLive, pushSpans } from "../../../src/chat/live.ts";
import type { Provenance, Span } from "../../../src/chat/view.ts";
import { rowWidth, wrapText } from "../../../src/text/wrap-text.ts";

function stream(parts: readonly (string | Span)[], columns = 10, provenance: Provenance = "off") {
  let live = emptyLive;
  const items: Committed[] = [];
  for (const part of parts) {
    const span: Span = typeof part === "string" ? { text: part, kind: "target" } : part;
    const step = pushSpans(live, [span], { columns, provenance });
    live = step.live;
    items.push(...step.committed);
  }
  const rest = finishLive(live, { columns, provenance });
  return {
    items: items.map(({ spans }) => text(spans)),
    startsLine: items.map(({ startsLine }) => startsLine),
    live: text(live.spans),
    rest: rest.map(({ spans }) => text(spans)),
  };
}

function text(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join("");
}

test("whole lines leave, the last one stays", () => {
  expect(stream(["on", "e\ntwo\nth", "ree"])).toMatchObject({
    items: ["one\ntwo"],
    live: "three",
    rest: ["three"],
  });
});

test("blank lines go with the text behind them", () => {
  expect(stream(["a\n", "\n", "b\n"])).toMatchObject({ items: ["a", "\nb"], live: "" });
  expect(stream(["a\n\n"])).toMatchObject({ items: ["a"], live: "\n", rest: [] });
});

test("an endless row of blank lines does not fill the screen", () => {
  const { items, live } = stream(Array.from({ length: 20 }, () => "\n"));
  expect(live.length).toBeLessThanOrEqual(4);
  expect(items.length).toBeGreaterThan(2);
  expect(items.every((item) => item !== "")).toBe(true);
});

test("a long line gives up the rows that it fills", () => {
  const { items, startsLine, live } = stream([..."abcdefghij".repeat(5)], 11);
  expect(items).toEqual(["abcdefghij".repeat(4)]);
  expect(startsLine).toEqual([true]);
  expect(live).toBe("abcdefghij");
});

test("what follows says that it goes on in the middle of a line", () => {
  const { startsLine } = stream([..."x".repeat(95), "\n", "y\n"], 10);
  expect(startsLine).toEqual([true, false, false, true]);
});

test("wide characters are not cut in two", () => {
  const { items } = stream(["a", ..."世".repeat(40)], 10);
  // Of nine cells "a世世世世" fills all, and "世世世世" eight.
  expect(items[0]?.startsWith("a世世世世")).toBe(true);
  expect(stringWidth(items[0] ?? "")).toBe(9 + 3 * 8);
});

test("the rows of a long line are those of the line in one piece", () => {
  const word = fc.stringMatching(/^[a-z世]{1,9}$/u);
  const columns = fc.integer({ min: 6, max: 30 });
  const rowsOf = (text: string, width: number) =>
    wrapText(text, width, "hang").map(({ start, end }) => text.slice(start, end).trimEnd());
  const property = fc.property(fc.array(word, { minLength: 20 }), columns, (words, wide) => {
    const texts = words.map((each) => `${each} `);
    const { items, live } = stream(texts, wide);
    const pieces = [...items, live].flatMap((piece) => rowsOf(piece, rowWidth(wide)));
    expect(pieces).toEqual(rowsOf(texts.join(""), rowWidth(wide)));
  });
  fc.assert(property);
});

test("what was turned down takes room in full mode only", () => {
  const rejected: Span = { text: "r".repeat(50), kind: "rejected" };
  expect(stream(["ab", rejected, "c"], 10, "subtle").items).toEqual([]);
  expect(stream(["ab", rejected, "c"], 10, "full").items).toHaveLength(1);
  expect(stream([rejected, "\n"], 10, "off").items).toEqual([]);
});

const parts = fc.array(fc.stringMatching(/^[ab世\n👨‍]{0,12}$/u), { maxLength: 60 });

test("nothing is lost, and little stays", () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 2, max: 12 }), (texts, columns) => {
      const { items, startsLine, live } = stream(texts, columns);
      const joined = items
        .map((item, i) => (startsLine[i] === false ? item : `\n${item}`))
        .join("");
      const whole = [...texts.join("")].filter((each) => each !== "\n").join("");
      expect((joined + live).replaceAll("\n", "")).toBe(whole);
      expect(items.every((item) => item !== "")).toBe(true);
      expect(stringWidth(live)).toBeLessThanOrEqual(5 * columns + 24);
    }),
  );
});

test("what a token's time depends on does not grow with the answer", () => {
  let live = emptyLive;
  let largest = 0;
  for (let i = 0; i < 20_000; i++) {
    const span: Span = { text: i % 9 === 8 ? "\n" : "word ", kind: "target" };
    live = pushSpans(live, [span], { columns: 80, provenance: "off" }).live;
    largest = Math.max(largest, JSON.stringify(live).length);
  }
  expect(largest).toBeLessThan(2000);
});
