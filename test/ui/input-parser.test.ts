import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../src/chat/key.ts";
import { InputParser } from "../../src/ui/input-parser.ts";

/** Keys in short: their names, and texts in quotes. */
function short(keys: readonly Key[]): string {
  return keys.map((key) => (key.type === "text" ? JSON.stringify(key.text) : key.type)).join(" ");
}

function parse(...chunks: readonly (string | Uint8Array)[]): string {
  const parser = new InputParser();
  return short([...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()]);
}

describe("keys", () => {
  test.each([
    ["\r", "enter"],
    ["\n", "newline"],
    ["\u001b\r", "newline"],
    ["\u001b\n", "newline"],
    ["\u001b[13;2u", "newline"],
    ["\u001b[27;2;13~", "newline"],
    ["\u001b[13u", "enter"],
    ["\u001bOM", "enter"],
    ["\u001b[57414u", "enter"],
    ["\t", "tab"],
    ["\u001b[Z", "shift-tab"],
    ["\u001b[9;2u", "shift-tab"],
    ["\u007f", "backspace"],
    ["\b", "backspace"],
    ["\u001b[3~", "delete"],
    ["\u001b[D", "left"],
    ["\u001bOD", "left"],
    ["\u0002", "left"],
    ["\u001b[C", "right"],
    ["\u0006", "right"],
    ["\u001b[1;2C", "right"],
    ["\u001b[1;5D", "word-left"],
    ["\u001b[1;3D", "word-left"],
    ["\u001b[5D", "word-left"],
    ["\u001bOd", "word-left"],
    ["\u001bb", "word-left"],
    ["\u001b[1;5C", "word-right"],
    ["\u001bf", "word-right"],
    ["\u001b[102;3u", "word-right"],
    ["\u001b[A", "up"],
    ["\u001bOA", "up"],
    ["\u0010", "up"],
    ["\u001b[B", "down"],
    ["\u000e", "down"],
    ["\u0001", "home"],
    ["\u001b[H", "home"],
    ["\u001bOH", "home"],
    ["\u001b[1~", "home"],
    ["\u001b[7~", "home"],
    ["\u0005", "end"],
    ["\u001b[F", "end"],
    ["\u001bOF", "end"],
    ["\u001b[4~", "end"],
    ["\u001b[8~", "end"],
    ["\u0017", "delete-word"],
    ["\u001b\u007f", "delete-word"],
    ["\u001b\b", "delete-word"],
    ["\u001b[127;5u", "delete-word"],
    ["\u0015", "delete-to-start"],
    ["\u000b", "delete-to-end"],
    ["\u001b", "escape"],
    ["\u001b[27u", "escape"],
    ["\u0003", "interrupt"],
    ["\u001b[99;5u", "interrupt"],
    ["\u0004", "end-of-input"],
    ["\u000f", "provenance"],
    ["\u0014", "details"],
    ["\u000c", "redraw"],
    ["a", '"a"'],
    ["\u001b[97u", '"a"'],
    ["\u001b[97;2u", '"A"'],
    ["\u001b[97:65;2;65u", '"A"'],
    [" ", '" "'],
  ])("%j is %s", (input, expected) => {
    expect(parse(input)).toBe(expected);
    // However the sequence is cut, as long as its rest comes in time.
    const parser = new InputParser();
    const keys = [...input].flatMap((character) => parser.push(character));
    expect(short([...keys, ...parser.flush()])).toBe(expected);
  });

  test.each([
    "\u0000",
    "\u001a",
    "\u001b[5~",
    "\u001b[11~",
    "\u001bOP",
    "\u001b[[A",
    "\u001b[I",
    "\u001b[97;1:3u",
    "\u001b[57441u",
    "\u001b[<0;12;3M",
    "\u001b[24;80R",
    "\u001b[?62;22c",
    "\u001b]11;rgb:0000/0000/0000\u0007",
    "\u001b]11;rgb:0000/0000/0000\u001b\\",
    "\u001bP1+r\u001b\\",
    "\u001bh",
    "\u001b😀",
    "\u001b[201~",
  ])("%j is nothing", (input) => {
    expect(parse(input)).toBe("");
    expect(parse(`${input}x`)).toBe('"x"');
  });
});

describe("keys that come together", () => {
  test.each([
    ["hello\r", '"hello" enter'],
    ["/help\r/quit\r", '"/help" enter "/quit" enter'],
    ["ab\u007f\u007fc\u0003", '"ab" backspace backspace "c" interrupt'],
    ["\u001b\u001b", "escape escape"],
    ["\u001b\u001b\u001b", "escape escape escape"],
    ["\u001b\u001b[A", "up"],
    ["\u001b\u0003", "interrupt"],
    ["\u001b[A\u001b[Bx\u001b[3~", 'up down "x" delete'],
    ["x\u001b", '"x" escape'],
    ["日本\u001b[D語", '"日本" left "語"'],
    ["\u001b[1;\u0003x", 'interrupt "x"'],
  ])("%j is %s", (input, expected) => {
    expect(parse(input)).toBe(expected);
  });

  test("an Esc waits for what may follow it, and no longer than that", () => {
    const parser = new InputParser();
    expect(parser.push("\u001b")).toEqual([]);
    expect(parser.pending).toBe(true);
    expect(parser.flush()).toEqual([{ type: "escape" }]);
    expect(parser.pending).toBe(false);
    expect(parser.push("[A")).toEqual([{ type: "text", text: "[A" }]);
  });

  test("the begin of a sequence that never ends is dropped", () => {
    expect(parse("\u001b[1;")).toBe("");
    expect(parse("\u001b]0;title")).toBe("");
    const parser = new InputParser();
    parser.push("\u001b[");
    parser.flush();
    expect(short(parser.push("ab"))).toBe('"ab"');
  });
});

describe("bytes", () => {
  const text = "aé日本😀👨‍👩‍👧é";

  test("characters may be split anywhere", () => {
    const bytes = Buffer.from(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      const parser = new InputParser();
      const keys = [...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))];
      expect(keys.map((key) => (key.type === "text" ? key.text : "")).join("")).toBe(text);
    }
  });

  test("what is no UTF-8 becomes replacement characters", () => {
    expect(parse(Uint8Array.of(0x61, 0xff, 0x62))).toBe('"a\ufffdb"');
  });
});

describe("pastes", () => {
  const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

  test.each([
    ["one line", '"one line"'],
    ["two\rlines\r", String.raw`"two\nlines\n"`],
    ["two\r\nlines\n", String.raw`"two\nlines\n"`],
    ["a\tb", '"a    b"'],
    ["\u001b[31mred\u001b[0m", '"red"'],
    ["a\u0003b\u0000c\u007fd\u0085e", '"abcde"'],
    ["\u001b]0;title\u0007x", '"x"'],
    ["\u001b[200~nested", '"nested"'],
    ["", ""],
  ])("of %j", (text, expected) => {
    expect(parse(paste(text))).toBe(expected);
  });

  test("are no Enter, and what comes behind is read as keys", () => {
    expect(parse(`x${paste("a\rb")}\r`)).toBe(String.raw`"xa\nb" enter`);
  });

  test("have no Esc that waits", () => {
    const parser = new InputParser();
    parser.push("\u001b[200~half\u001b[2");
    expect(parser.pending).toBe(false);
    expect(parser.flush()).toEqual([]);
    expect(short(parser.push("01~"))).toBe('"half"');
  });

  test("whose end got lost can be left by Ctrl-C", () => {
    const parser = new InputParser();
    parser.push("\u001b[200~lost");
    expect(short(parser.push("\u0003"))).toBe('"lost" interrupt');
    expect(short(parser.push("x\r"))).toBe('"x" enter');
  });

  test("of many chunks are one text", () => {
    const lines = Array.from({ length: 400 }, (_, i) => `line ${i} of a paste, über 日本`);
    const bytes = Buffer.from(paste(lines.join("\r")));
    const parser = new InputParser();
    const keys: Key[] = [];
    for (let at = 0; at < bytes.length; at += 7)
      keys.push(...parser.push(bytes.subarray(at, at + 7)));
    expect(keys).toEqual([{ type: "text", text: lines.join("\n") }]);
  });
});

describe("for any input", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "\u001b",
      "\u001b[",
      "\u001b[200~",
      "\u001b[201~",
      "\u001bO",
      "1;5",
      "~",
      "\r",
      "\u001b]",
    ),
  );
  const input = fc.array(piece).map((pieces) => pieces.join(""));

  test("texts hold no control characters but newlines, and are not empty", () => {
    fc.assert(
      fc.property(fc.array(input), (chunks) => {
        const parser = new InputParser();
        const keys = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()];
        for (const key of keys) {
          if (key.type === "text") expect(key.text).toMatch(/^(?:\P{Cc}|\n)+$/u);
        }
      }),
    );
  });

  test("the keys do not depend on where it is cut", () => {
    fc.assert(
      fc.property(input, fc.nat(), (text, at) => {
        // A chunk of Ctrl-C alone is the way out of a paste.
        const characters = [...text];
        const cut = at % (characters.length + 1);
        const chunks = [characters.slice(0, cut), characters.slice(cut)].map((part) =>
          part.join(""),
        );
        fc.pre(!chunks.includes("\u0003"));
        const joined = (keys: string): string => keys.replaceAll('" "', "");
        expect(joined(parse(...chunks))).toBe(joined(parse(text)));
      }),
    );
  });
});
