import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import { nodeLlamaCppEngine } from "../../src/engine/node-llama-cpp/engine.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import type { InspectedModel } from "../../src/engine/port.ts";
import { spelledSpecials } from "../../src/engine/spelled-specials.ts";
import { cpuOptions, embedded, lacks, models } from "../support/models.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await startRuntime(cpuOptions);
});
afterAll(() => runtime.close());

const gap = {
  prefix: "def fib(n):\n    if n < 2:\n        return n\n",
  suffix: "\n    return sum(values) / len(values)\n",
};
const fim = `<|fim_prefix|>${gap.prefix}<|fim_suffix|>${gap.suffix}<|fim_middle|>`;
const chatMl = "<|im_start|>user\nHello!<|im_end|>\n<|im_start|>assistant\n";

describe.each([
  ["libllama", libllamaEngine],
  ["node-llama-cpp", nodeLlamaCppEngine],
] as const)("special tokens by %s", (_, engine) => {
  const inspect = (path: string) => engine(runtime, cpuOptions).inspect(path);

  describe.skipIf(lacks(models.qwenDraft))("with Qwen2.5-Coder", () => {
    let model: InspectedModel;
    beforeAll(async () => {
      model = await inspect(models.qwenDraft);
    });
    afterAll(() => model.close());

    // As many as llama.cpp makes with parse_special and without.
    test.each([
      ["fill-in-the-middle", fim, 28, 45],
      ["ChatML", chatMl, 10, 23],
    ])("are fewer tokens than their spelling: %s", async (__, text, special, plain) => {
      const { tokenize } = model.vocabulary;
      expect(await tokenize(text, true)).toHaveLength(special);
      expect(await tokenize(text)).toHaveLength(plain);
    });

    test("are what the vocabulary has by their names", async () => {
      const { tokenize, entry } = model.vocabulary;
      const names = (await tokenize(chatMl, true)).map(entry).filter((name) => /^<\|/.test(name));
      expect(names).toEqual(["<|im_start|>", "<|im_end|>", "<|im_start|>"]);
    });

    test("make of the chat template's text what the template makes of the messages", async () => {
      const { tokenize, tokenizeChat } = model.vocabulary;
      const messages = [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello!" },
      ] as const;
      const text = `<|im_start|>system\nBe brief.<|im_end|>\n${chatMl}`;
      expect(await tokenize(text, true)).toEqual(await tokenizeChat(messages));
    });

    test("are found where a text spells them", async () => {
      const spelled = (text: string) => spelledSpecials(model.vocabulary, text);
      expect(await spelled(chatMl)).toEqual(["<|im_start|>", "<|im_end|>"]);
      expect(await spelled("if (a < b || c > d) { return '<|im_stort|>'; }")).toEqual([]);
      // Read as a token either way: not a control token.
      expect(await spelled("<tool_call>{}</tool_call>")).toEqual([]);
    });

    test("around a gap are in llama.cpp's order: prefix, suffix, middle", async () => {
      const { tokenize, tokenizeInfill } = model.vocabulary;
      expect(await tokenizeInfill(gap)).toEqual(await tokenize(fim, true));
    });

    test("in the code around a gap stay plain text", async () => {
      const { tokenizeInfill, isEog } = model.vocabulary;
      const tokens = await tokenizeInfill({
        prefix: "a = '<|endoftext|>'",
        suffix: "<|file_sep|>",
      });
      expect(tokens.some(isEog)).toBe(false);
    });

    test.each(["<|endoftext|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|im_end|>"])(
      "end what fills a gap: %s",
      async (name) => {
        const tokens = await model.vocabulary.tokenize(name, true);
        expect(tokens.map(model.vocabulary.isEog)).toEqual([true]);
      },
    );
  });

  describe.skipIf(lacks(models.gemma))("with Gemma 3, which adds BOS", () => {
    test("are not doubled at the beginning", async () => {
      const { vocabulary, close } = await inspect(models.gemma);
      const bos = vocabulary.specials.bos as number;
      const turn = "<start_of_turn>user\nHi<end_of_turn>\n";
      const read = await vocabulary.tokenize(`<bos>${turn}`, true);
      expect(read).toEqual(await vocabulary.tokenize(turn, true));
      expect(read.filter((token) => token === bos)).toHaveLength(1);
      expect(await vocabulary.tokenize(`<bos><bos>${turn}`, true)).toEqual([bos, ...read]);
      const plain = await vocabulary.tokenize(`<bos>${turn}`);
      expect(plain.filter((token) => token === bos)).toHaveLength(1);
      expect(plain.length).toBeGreaterThan(read.length);
      expect(await spelledSpecials(vocabulary, "Hi")).toEqual([]);
      expect(await spelledSpecials(vocabulary, "<bos>Hi")).toEqual(["<bos>"]);
      await close();
    });
  });

  async function expectNoInfill(path: string): Promise<void> {
    const { vocabulary, close } = await inspect(path);
    expect(() => vocabulary.tokenizeInfill(gap)).toThrow(
      `${basename(path)} has no fill-in-the-middle tokens`,
    );
    await close();
  }

  test("the embedded target cannot fill a gap", () => expectNoInfill(embedded.target));
  test.skipIf(lacks(models.smollm))("SmolLM2 cannot either", () => expectNoInfill(models.smollm));
});
