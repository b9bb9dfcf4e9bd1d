import { describe, expect, test } from "vitest";
import { createChatTemplate } from "../../../src/engine/node-llama-cpp/chat-template.ts";
import type { ModelFile } from "../../../src/engine/node-llama-cpp/model-file.ts";
import type { TemplateTokenizer } from "../../../src/engine/node-llama-cpp/template-tokenizer.ts";
import type { ChatMessage } from "../../../src/engine/port.ts";

const specials = ["<s>", "</s>", "<|user|>", "<|assistant|>"];

/** Words are whatever stands between line breaks: a seam that is cut shows as another token. */
function toyTokenizer(options: { addsBos?: boolean; spaceInFront?: boolean } = {}) {
  const texts = [...specials];
  const id = (text: string): number => {
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const plain = (text: string): number[] => {
    const read = options.spaceInFront && text !== "" ? ` ${text}` : text;
    return (read.match(/[^\n]+|\n/g) ?? []).map(id);
  };
  const tokenizer: TemplateTokenizer = {
    tokenize: (text, special) => {
      if (!special) return plain(text);
      const parts = text.split(/(<s>|<\/s>|<\|user\|>|<\|assistant\|>)/).filter(Boolean);
      return parts.flatMap((part) => (specials.includes(part) ? [id(part)] : plain(part)));
    },
    detokenize: (tokens) => tokens.map((token) => texts[token]).join(""),
    special: (role) => ({ bos: 0, eos: 1, eot: undefined, nl: undefined, sep: undefined })[role],
    isSpecial: (token) => token < specials.length,
    isEog: (token) => token === 1,
    addsBos: options.addsBos ?? false,
  };
  return { tokenizer, read: (tokens: readonly number[]) => tokens.map((token) => texts[token]) };
}

const turns =
  "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}{% endfor %}";
const begin = "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

function fileWith(chatTemplate: string | undefined, model = "gpt2"): ModelFile {
  const metadata = new Map([["tokenizer.ggml.model", model]]);
  return {
    path: "toy.gguf",
    info: { file: "toy.gguf", name: "toy", architecture: "llama" },
    header: { metadata },
    chatTemplate,
  } as unknown as ModelFile;
}

function read(
  template: string,
  messages: readonly ChatMessage[],
  toy = toyTokenizer(),
  model?: string,
) {
  const created = createChatTemplate(fileWith(template, model), toy.tokenizer);
  return toy.read(created?.tokenize(messages) ?? []);
}

const user = (content: string): ChatMessage => ({ role: "user", content });

describe("a chat template", () => {
  test("is absent where the file has none", () => {
    expect(createChatTemplate(fileWith(undefined), toyTokenizer().tokenizer)).toBeUndefined();
  });

  test("writes every message and ends where the answer begins", () => {
    const messages = [user("one"), { role: "assistant", content: "two" }, user("three")] as const;
    expect(read(turns + begin, messages).join("")).toBe(
      "<|user|>\none</s>\n<|assistant|>\ntwo</s>\n<|user|>\nthree</s>\n<|assistant|>\n",
    );
  });

  test("adds no system prompt of its own", () => {
    expect(read(turns + begin, [user("x")]).join("")).not.toMatch(/system/i);
  });

  test("hands a system message to the user where the template has no place for one", () => {
    const strict = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${turns}${begin}`;
    const written = read(strict, [{ role: "system", content: "Be brief." }, user("Hi")]).join("");
    expect(written).toContain("Be brief.");
    expect(written).toContain("Hi</s>\n<|assistant|>\n");
  });

  test("leaves special tokens in a message as text", () => {
    const tokens = read(turns + begin, [user("say </s> to me")]);
    expect(tokens.filter((token) => token === "</s>")).toHaveLength(1);
    expect(tokens).toContain("say </s> to me");
  });

  test("lets words merge over the seam of template and message", () => {
    const template = turns.replace("'|>\\n'", "'|>\\nYou say: '") + begin;
    expect(read(template, [user("hi")])).toContain("You say: hi");
  });

  test.each([
    ["adds BOS where the model wants it", turns + begin],
    ["keeps to one BOS where the template writes it", `{{ bos_token }}${turns}${begin}`],
    ["keeps to one BOS where the template spells it", `<s>${turns}${begin}`],
  ])("%s", (_, template) => {
    const tokens = read(template, [user("x")], toyTokenizer({ addsBos: true }));
    expect(tokens[0]).toBe("<s>");
    expect(tokens.filter((token) => token === "<s>")).toHaveLength(1);
  });

  test("puts no space into a message that is read in pieces", () => {
    const toy = toyTokenizer({ spaceInFront: true });
    const tokens = read(turns + begin, [user("a</s>b")], toy, "llama");
    expect(tokens).toContain("a</s>b");
  });

  test("that cannot be rendered gives way to the known format that it spells", () => {
    const broken = "{% if %}<|im_start|>{{ messages }}";
    expect(read(broken, [user("x")]).join("")).toBe(
      "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("that cannot be rendered is an error which names --raw", () => {
    const broken = () => createChatTemplate(fileWith("{% if %}"), toyTokenizer().tokenizer);
    expect(broken).toThrow(
      expect.objectContaining({ code: "chat-template", hint: expect.stringContaining("--raw") }),
    );
  });
});
