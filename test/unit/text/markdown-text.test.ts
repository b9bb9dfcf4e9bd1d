import { expect, test } from "vitest";
import { markdownText } from "../../../src/text/markdown-text.ts";

test.each([
  ["a|b `c` *d* ~e~ $f$ \\", "a\\|b \\`c\\` \\*d\\* \\~e\\~ \\$f\\$ \\\\"],
  ["<img src=x> &amp; Q&A", "\\<img src=x> \\&amp; Q&A"],
  [
    "[x](http://evil) ![y](z) [a]: b [c][d]",
    "\\[x\\](http:&#8203;//evil) ![y\\](z) [a\\]: b [c\\][d]",
  ],
  ["http://a www.b.c mailto:x", "http:&#8203;//a www&#8203;.b.c mailto:&#8203;x"],
  ["@who a@b.c @org/team", "@&#8203;who a@&#8203;b.c @&#8203;org/team"],
  ["fixes #12, org/repo#3 and GH-4", "fixes #&#8203;12, org/repo#&#8203;3 and GH-&#8203;4"],
  ["snake_case_1 _em_ __init__", "snake_case_1 \\_em\\_ \\_\\_init\\_\\_"],
  ["# head", "\\# head"],
  ["> quote", "\\> quote"],
  ["- item", "\\- item"],
  ["1. item", "1\\. item"],
  ["[ ] task", "\\[ ] task"],
  ["a\nb\u202e", "a⏎b\\\\u{202e}"],
])("%j renders as itself", (text, markdown) => {
  expect(markdownText(text)).toBe(markdown);
});

test.each(["×1.23 [1.19, 1.27]", "-0.5", "100.0 (99.0–101.0)", "qwen2.5-coder-1.5b-Q4_K_M.gguf"])(
  "%s needs no escape",
  (text) => expect(markdownText(text)).toBe(text),
);
