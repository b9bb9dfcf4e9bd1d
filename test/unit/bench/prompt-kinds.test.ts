import { describe, expect, test } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import { checkSpecialPrompts, hasRawPrompts } from "../../../src/bench/prompt-kinds.ts";
import { preparePrompts } from "../../../src/bench/prompts/prepare-prompts.ts";
import type { BenchPrompt } from "../../../src/bench/report.ts";
import { inputOf } from "../../../src/bench/request.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { steadyTarget, virtualPair } from "./support/virtual-pair.ts";

const text = { id: "a", category: "code", prompt: "x<end>y" };
const gap = { prefix: "def f(x):\n    ", suffix: "\n    return y\n" };
const infill: BenchPrompt = { id: "gap", category: "fim", prompt: gap.prefix, infill: gap };
const canFill = { target: `${steadyTarget},vocab=108,fim=1` };

describe("how a prompt goes in", () => {
  const input = async (prompt: BenchPrompt, settings: { raw: boolean; special?: boolean }) =>
    inputOf(prompt, settings, (await virtualPair()).info);
  const asText = { type: "text", text: "x<end>y" };
  const asTokens = { ...asText, special: true };
  const asChat = { type: "chat", messages: [{ role: "user", content: "x<end>y" }] };

  test.each([
    [{}, { raw: false }, asChat],
    [{}, { raw: true }, asText],
    [{}, { raw: true, special: true }, asTokens],
    [{ raw: true }, { raw: false }, asText],
    [{ raw: true, special: true }, { raw: false }, asTokens],
    [{ raw: true }, { raw: false, special: true }, asTokens],
    [{ raw: false }, { raw: true, special: true }, asChat],
    [{ special: false }, { raw: true, special: true }, asText],
  ])("a prompt of %j in a bench of %j", async (own, settings, expected) => {
    expect(await input({ ...text, ...own }, settings)).toEqual(expected);
  });

  test.each([{ raw: false }, { raw: true, special: true }])(
    "a gap in a bench of %j",
    async (of) => {
      expect(await input(infill, of)).toEqual({ type: "infill", ...gap });
    },
  );
});

test("a prompt that wants special tokens in a template is refused by name", () => {
  const prompts = [text, { ...text, id: "b", special: true }];
  expect(() => checkSpecialPrompts(prompts, false)).toThrow(/^prompt b: "special" needs a raw/);
  expect(() => checkSpecialPrompts(prompts, true)).not.toThrow();
  expect(() => checkSpecialPrompts([{ ...text, raw: true, special: true }], false)).not.toThrow();
});

test("whether any prompt is raw", () => {
  expect(hasRawPrompts([text], false)).toBe(false);
  expect(hasRawPrompts([text], true)).toBe(true);
  expect(hasRawPrompts([text, { ...text, raw: true }], false)).toBe(true);
  expect(hasRawPrompts([infill], true)).toBe(false);
});

describe("control tokens that raw prompts spell", () => {
  const warningsOf = async (prompts: readonly BenchPrompt[], raw = true) => {
    const plan = planBench(benchSettings({ prompts: [...prompts], raw }));
    const prepared = await preparePrompts(await virtualPair(), plan, { skipTooLong: false });
    return prepared?.warnings;
  };

  test("get one warning that names prompts, tokens and flag", async () => {
    const other = { ...text, id: "b", prompt: "<begin>z<end>" };
    expect(await warningsOf([text, other, { ...text, id: "c", prompt: "plain" }])).toEqual([
      {
        code: "special-as-text",
        text: "control tokens spelled in prompts a, b are read as plain text: <end>, <begin>",
        hint: 'Give --special, or "special": true on a prompt\'s line, if they are meant as tokens.',
      },
    ]);
  });

  test("are counted where they are many", async () => {
    const many = ["a", "b", "c", "d", "e"].map((id) => ({ ...text, id }));
    expect(await warningsOf(many)).toMatchObject([
      { text: expect.stringContaining("in prompts a, b, c (and 2 more) are") },
    ]);
  });

  test("are fine in a chat template, or where they are read", async () => {
    expect(await warningsOf([text], false)).toEqual([]);
    expect(await warningsOf([{ ...text, special: true }])).toEqual([]);
  });
});

describe("code around a gap", () => {
  const settings = benchSettings({ drafters: ["ngram"], prompts: [infill] });

  test("is measured where the target can fill it", async () => {
    const pair = await virtualPair(canFill);
    const report = await runBench(pair, planBench(settings), { environment, created });
    expect(report.finished).toBe(true);
    expect(pair.requests[0]?.prompt).toEqual({ type: "infill", ...gap });
    // <begin>, a token for each part, and the characters.
    const tokens = 4 + gap.prefix.length + gap.suffix.length;
    expect(report.cells[0]?.samples[0]?.promptTokens).toBe(tokens);
  });

  test("is refused by name before anything runs where it cannot", async () => {
    const refused = { code: "no-infill", message: expect.stringMatching(/^prompt gap: .+ has no/) };
    const pair = await virtualPair();
    const preparation = preparePrompts(pair, planBench(settings), { skipTooLong: false });
    await expect(preparation).rejects.toMatchObject(refused);
    expect(pair.requests).toEqual([]);
  });
});
