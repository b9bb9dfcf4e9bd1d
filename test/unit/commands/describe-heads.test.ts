import { expect, test } from "vitest";
import { describeHeads } from "../../../src/commands/heads/describe-heads.ts";
import { headsOfKind } from "../reports/support/reports.ts";

test("heads in words: a line for each fact, and a bar for each head", () => {
  expect(describeHeads("/m/heads.gguf", headsOfKind("chained")).join("\n")).toMatchInlineSnapshot(`
    "file            /m/heads.gguf, 3.4 MB
    kind            chained: each also reads the token and the state of the one before it
    heads           4: 4 tokens drafted in a row at most
    width           576
    proposes        4096 of the target's 151936 tokens
    parameters      3.2M
    quantisation    Q8_0
    target          Qwen2.5 Coder 1.5B (qwen2, 151936 tokens)
    trained on      2.5 million tokens of text

    On held-out text, how often a head's likeliest token was the target's, given the text so far:
      head  1  ████████████         61.2%
      head  2  ████████             40.1%
      head  3  █████                25.0%
      head  4  ██                   10.0%"
  `);
});

test("of parallel heads with every output, on a text that nobody counted", () => {
  const changes = { count: 1, acceptance: [1], outputs: 151_936, trainedTokens: 0 };
  const lines = describeHeads("x", headsOfKind("parallel", changes));
  expect(lines.filter((line) => /^(kind|heads|proposes|trained on)/.test(line))).toEqual([
    "kind            parallel: each reads the target's state alone",
    "heads           1: 1 token drafted in a row at most",
    "proposes        all 151936 tokens",
    "trained on      unknown",
  ]);
  expect(lines.at(-1)).toBe("  head  1  ████████████████████ 100.0%");
});

test("whether they fit a target stands at the end", () => {
  const end = (fits: boolean, notes: readonly string[]) =>
    describeHeads("x", headsOfKind("chained"), { target: "big.gguf", fits, notes }).slice(-2);
  expect(end(true, ["trained for another file"])).toEqual([
    "yes: they fit big.gguf",
    "note: trained for another file",
  ]);
  expect(end(false, ["other tokens"])).toEqual([
    "no: they do not fit big.gguf",
    "because: other tokens",
  ]);
});
