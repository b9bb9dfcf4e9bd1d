import fc from "fast-check";
import { expect, test } from "vitest";
import { forScreen, fromKeyboard, withoutControls } from "../../../src/text/sanitise.ts";

test("takes whole sequences out", () => {
  expect(forScreen("a\u001b[31mred\u001b[0mb")).toBe("aredb");
  expect(forScreen("\u001b]0;title\u0007x\u001b]8;;http://a\u001b\\link\u001b]8;;\u001b\\")).toBe(
    "xlink",
  );
  expect(forScreen("\u001bPq#0\u001b\\a\u001bcb\u009b2Jc\u009d0;t\u0007d")).toBe("abcd");
});

test("a sequence that spans two texts loses its escape character", () => {
  expect(forScreen("a\u001b") + forScreen("[2Jb")).toBe("a[2Jb");
  expect(forScreen("a\u001b[3") + forScreen("1mb")).toBe("a[31mb");
});

test("takes out what turns text around, and bells, and backspaces", () => {
  expect(forScreen("a\u202eb\u2066c\u0007\b\u007f\u0085d")).toBe("abcd");
});

test("newlines stay; tabs are spaces on the screen", () => {
  expect(forScreen("a\r\n\tb\u2028c")).toBe("a\n    b\nc");
  expect(withoutControls("a\tb")).toBe("a\tb");
});

test("a paste's carriage returns are newlines", () => {
  expect(fromKeyboard("a\rb\r\nc")).toBe("a\nb\nc");
});

test("whatever comes in pieces, no control character comes out", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u001b", "[", "]0;", "\u009b"),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(parts.map(forScreen).join("")).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
