import fc from "fast-check";
import { expect, test } from "vitest";
import { type Editor, edit, editorWith, emptyEditor } from "../../../src/chat/editor.ts";
import type { Key, KeyName } from "../../../src/chat/key.ts";

/** A text in which | is the cursor. */
function at(marked: string): Editor {
  const cursor = marked.indexOf("|");
  return { ...editorWith(marked.replace("|", "")), cursor };
}

function shown({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function after(marked: string, ...names: Exclude<KeyName, "text">[]): string {
  return shown(
    names.reduce<Editor>((editor, type) => edit(editor, { type }) ?? editor, at(marked)),
  );
}

test("typing goes in at the cursor", () => {
  expect(shown(edit(at("a|c"), { type: "text", text: "b\nb" }) as Editor)).toBe("ab\nb|c");
  expect(after("a|c", "newline")).toBe("a\n|c");
});

test("one step is one character as it is seen", () => {
  expect(after("a👨‍👩‍👧|b", "left")).toBe("a|👨‍👩‍👧b");
  expect(after("a|👨‍👩‍👧b", "right")).toBe("a👨‍👩‍👧|b");
  expect(after("👨‍👩‍👧|", "backspace")).toBe("|");
  expect(after("|e\u0301x", "delete")).toBe("|x");
  expect(after("🇩🇪🇫🇷|", "left")).toBe("🇩🇪|🇫🇷");
  expect(after("世界|", "left")).toBe("世|界");
});

test("a grapheme longer than the window is still one step", () => {
  const zalgo = `e${"\u0301".repeat(300)}`;
  expect(after(`|${zalgo}x`, "right")).toBe(`${zalgo}|x`);
  expect(after(`${zalgo}|x`, "left")).toBe(`|${zalgo}x`);
});

test("words", () => {
  expect(after("one two, three|", "word-left")).toBe("one two, |three");
  expect(after("one two, |three", "word-left")).toBe("one |two, three");
  expect(after("|one two", "word-right")).toBe("one| two");
  expect(after("one| two", "word-right")).toBe("one two|");
  expect(after("one two  |", "delete-word")).toBe("one |");
});

test("begin and end are those of the line", () => {
  expect(after("one\ntw|o\nthree", "home")).toBe("one\n|two\nthree");
  expect(after("one\ntw|o\nthree", "end")).toBe("one\ntwo|\nthree");
  expect(after("one\ntw|o\nthree", "delete-to-start")).toBe("one\n|o\nthree");
  expect(after("one\ntw|o\nthree", "delete-to-end")).toBe("one\ntw|\nthree");
});

test("up and down keep the column where the line goes that far", () => {
  expect(after("a long line\nab\nanother long|", "up")).toBe("a long line\nab|\nanother long");
  expect(after("a long line\nab\nanother l|ong", "up", "up")).toBe(
    "a long li|ne\nab\nanother long",
  );
  expect(after("世界\nabc|d", "up")).toBe("世|界\nabcd");
  expect(after("\n|ab", "up")).toBe("|\nab");
});

test("up in the first line and down in the last lead out of the text", () => {
  expect(edit(at("a|b\nc"), { type: "up" })).toBeUndefined();
  expect(edit(at("ab\n|c"), { type: "down" })).toBeUndefined();
});

test("a paste loses what a terminal would obey", () => {
  const pasted = edit(emptyEditor, { type: "text", text: "a\r\n\u001b[31mb\u0007\tc" });
  expect(pasted?.text).toBe("a\nb    c");
});

test("a paste of 10 kB is quick, and so are keys in it", () => {
  const line = "some text with wörds, 世界 and 👨‍👩‍👧\u0007 in it\r";
  const text = line.repeat(Math.ceil(10_240 / line.length));
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    const pasted = edit(emptyEditor, { type: "text", text }) as Editor;
    edit(pasted, { type: "left" });
    return performance.now() - start;
  });
  expect(times.sort((a, b) => a - b)[4]).toBeLessThan(5);
});

const segmenter = new Intl.Segmenter();
const moves = [
  ...(["backspace", "delete", "left", "right", "word-left", "word-right", "up", "down"] as const),
  ...(["home", "end", "delete-word", "delete-to-start", "delete-to-end", "newline"] as const),
];
const pieces = ["a", " ", "\n", "世", "e", "\u0301", "👨", "\u200d", "👩", "🇩", "🇪", "я", "각"];
const keys: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom(...moves).map((type) => ({ type })),
  fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
    .map((text) => ({ type: "text" as const, text: text.join("") })),
);

test("the cursor is always at the edge of a grapheme", () => {
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 40 }), (pressed) => {
      let editor = emptyEditor;
      for (const key of pressed) editor = edit(editor, key) ?? editor;
      const edges = [...segmenter.segment(editor.text)].map(({ index }) => index);
      expect([...edges, editor.text.length]).toContain(editor.cursor);
    }),
    { numRuns: 500 },
  );
});
