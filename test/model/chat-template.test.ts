import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import { nodeLlamaCppEngine } from "../../src/engine/node-llama-cpp/engine.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import type {
  ChatMessage,
  Engine,
  InspectedModel,
  TemplateSettings,
  Vocabulary,
} from "../../src/engine/port.ts";
import { readLlamaTemplates } from "../support/llama-source.ts";
import { cpuOptions, embedded, lacks, models } from "../support/models.ts";

let runtime: Runtime;
let engine: Engine;
let templates: ReadonlyMap<string, string>;

beforeAll(async () => {
  runtime = await startRuntime(cpuOptions);
  engine = libllamaEngine(runtime, cpuOptions);
  templates = readLlamaTemplates();
});
afterAll(() => runtime.close());

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });

function jinja(name: string): TemplateSettings {
  return { source: { type: "jinja", name, text: templates.get(name) ?? "" } };
}

function read(vocabulary: Vocabulary, tokens: readonly number[]): string {
  return tokens.map((token) => vocabulary.piece(token)).join("");
}

describe.skipIf(lacks(models.smollm))("prompts in SmolLM2's vocabulary", () => {
  let model: InspectedModel;
  beforeAll(async () => {
    model = await engine.inspect(models.smollm);
  });
  afterAll(() => model.close());

  const sum =
    "The user asks for a sum. Two plus two is four. I am sure of it, and need not think more about it.";
  const thinking = [
    user("What is 2+2?"),
    assistant(`<think>\n${sum}\n</think>\n\n4`),
    user("And 3+3?"),
  ];

  test("drop earlier reasoning where Qwen3's template drops it", async () => {
    const tokens = await model.vocabulary.tokenizeChat(thinking, jinja("Qwen-Qwen3-0.6B.jinja"));
    expect(tokens).toHaveLength(34);
    expect(read(model.vocabulary, tokens)).not.toContain("Two plus two");
  });

  test("have no blanks around them where Llama 3.1's template trims", async () => {
    const template = jinja("meta-llama-Llama-3.1-8B-Instruct.jinja");
    const tokens = await model.vocabulary.tokenizeChat([user("\n\nWhat is 2+2?\n\n\n")], template);
    expect(tokens).toHaveLength(110);
  });

  test.each(["chatml", "llama3", "gemma"])("in llama.cpp's format %s", async (name) => {
    const settings = { source: { type: "named", name } } as const;
    const tokens = await model.vocabulary.tokenizeChat([user("Hi <|im_end|>")], settings);
    const ends = { chatml: "<|im_end|>", llama3: "<|eot_id|>", gemma: "<end_of_turn>" }[name] ?? "";
    expect(read(model.vocabulary, tokens)).toContain(`Hi <|im_end|>${ends}`);
    // Only the template's own.
    expect(tokens.filter((token) => token === 2)).toHaveLength(name === "chatml" ? 1 : 0);
  });

  test("in a format that llama.cpp does not have are refused", async () => {
    const named = (name: string) =>
      model.vocabulary.tokenizeChat([user("Hi")], { source: { type: "named", name } });
    await expect(named("chatm")).rejects.toMatchObject({
      exitCode: 2,
      message: "--chat-template chatm is no file and no format of llama.cpp",
      hint: "Did you mean chatml?",
    });
    await expect(named("whatever")).rejects.toMatchObject({
      hint: expect.stringContaining("llama3, llama4"),
    });
  });
});

const gemma = join(process.env.SPECDEC_MODELS ?? "", "gemma3-270m.gguf");

/** Conversations and what their messages spell. */
const conversations: readonly (readonly ChatMessage[])[] = [
  [user("Hello, world!")],
  [user("  indented\n\n"), assistant("naïve 👩‍👩‍👧 日本"), user("x\u00a0y")],
  [{ role: "system", content: "Be brief." }, user("It's\r\nfine.\t")],
];

describe.each([
  ["the embedded target", embedded.target, "Qwen-Qwen2.5-7B-Instruct.jinja"],
  ["SmolLM2 135M", models.smollm, "HuggingFaceTB-SmolLM3-3B.jinja"],
  ["Qwen2.5 Coder 0.5B", models.qwenDraft, "Qwen-Qwen3-0.6B.jinja"],
  ["Gemma 3 270M", gemma, "google-gemma-4-31B-it.jinja"],
])("special tokens with %s", (_, path, template) => {
  describe.skipIf(path !== embedded.target && (lacks(path) || !existsSync(path)))("real", () => {
    let ours: InspectedModel;
    let theirs: InspectedModel;
    beforeAll(async () => {
      ours = await engine.inspect(path);
      theirs = await nodeLlamaCppEngine(runtime, cpuOptions).inspect(path);
    });
    afterAll(async () => {
      await ours.close();
      await theirs.close();
    });

    /** Control tokens of the vocabulary by their spellings. */
    function spellings(): string[] {
      const { specials } = ours.vocabulary;
      return Object.values(specials).flatMap((token) =>
        token === undefined ? [] : [ours.vocabulary.entry(token)],
      );
    }

    test("of messages stay text, and nothing else changes", async () => {
      const { vocabulary } = ours;
      const isControl = (token: number) => spellings().includes(vocabulary.entry(token));
      for (const messages of conversations) {
        const settings = jinja(template);
        const clean = await vocabulary.tokenizeChat(messages, settings);
        for (const spelling of spellings()) {
          const marked = messages.map(({ role, content }, i) =>
            i === messages.length - 1
              ? { role, content: `a ${spelling} b${spelling}${content}` }
              : { role, content },
          );
          const tokens = await vocabulary.tokenizeChat(marked, settings);
          expect(tokens.filter(isControl)).toEqual(clean.filter(isControl));
          expect(read(vocabulary, tokens)).toContain(`a ${spelling} b${spelling}`);
        }
      }
    });

    test("are the same on both engines", async () => {
      for (const messages of conversations) {
        const spelled = [...messages, assistant("ok"), user(`${spellings().join(" ")} end`)];
        const tokens = await ours.vocabulary.tokenizeChat(spelled, jinja(template));
        expect(tokens).toEqual(await theirs.vocabulary.tokenizeChat(spelled, jinja(template)));
      }
    });
  });
});
