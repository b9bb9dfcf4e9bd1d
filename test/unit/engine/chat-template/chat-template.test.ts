import { afterAll, describe, expect, test } from "vitest";
import { tokenizeChat } from "../../../../src/engine/chat-template/chat-template.ts";
import { TemplateRenderer } from "../../../../src/engine/chat-template/renderer.ts";
import type { ChatMessage, TemplateSettings } from "../../../../src/engine/port.ts";
import { type ToyTokenizer, toyTokenizer } from "../../../support/toy-tokenizer.ts";

const renderer = new TemplateRenderer();
afterAll(() => renderer.close());

const turns =
  "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}{% endfor %}";
const start = "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

/** The tokens' texts. */
async function read(
  source: string | undefined,
  messages: readonly ChatMessage[],
  options: { readonly toy?: ToyTokenizer; readonly settings?: TemplateSettings } = {},
) {
  const { toy: tokenizer = toyTokenizer(), settings } = options;
  const now = new Date(2026, 10, 28).getTime();
  const parts = { file: "toy.gguf", source, tokenizer, now, renderer };
  return tokenizer.read(await tokenizeChat(parts, messages, settings));
}

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });
const count = (tokens: readonly unknown[], token: string) =>
  tokens.filter((each) => each === token).length;

describe("a chat template", () => {
  test("that a model does not have is an error which names the ways out", async () => {
    await expect(read(undefined, [user("x")])).rejects.toMatchObject({
      code: "no-chat-template",
      hint: expect.stringMatching(/--raw.*--chat-template/),
    });
  });

  test("may be another than the model's own", async () => {
    const source = {
      type: "jinja",
      name: "mine.jinja",
      text: "{{ messages[0].content }}!",
    } as const;
    expect(await read(undefined, [user("x")], { settings: { source } })).toEqual(["x!"]);
  });

  test("that writes nothing is an error", async () => {
    await expect(read("{# #}", [user("x")])).rejects.toMatchObject({
      message: "the chat template of toy.gguf cannot be rendered: it writes nothing",
    });
  });

  test("cannot keep spellings plain among every private-use character", async () => {
    const all = Array.from({ length: 0x1900 }, (_, i) => String.fromCharCode(0xe000 + i)).join("");
    await expect(read(turns, [user(`${all}</s>`)])).rejects.toMatchObject({
      code: "chat-template",
      message: expect.stringContaining("every private-use character"),
    });
    expect(await read("{{ messages[0].content }}", [user(all)])).toEqual([all]);
  });

  test("writes every message and ends where the answer begins", async () => {
    const messages = [user("one"), assistant("two"), user("three")];
    expect((await read(turns + start, messages)).join("")).toBe(
      "<|user|>\none</s>\n<|assistant|>\ntwo</s>\n<|user|>\nthree</s>\n<|assistant|>\n",
    );
  });

  test("sees the content of messages", async () => {
    const source =
      "{% for m in messages %}{{ m.content.split('</think>')[-1] | trim }},{% endfor %}";
    const messages = [user(" a "), assistant("<think>hm</think>\n\n b"), user("c")];
    expect((await read(source, messages)).join("")).toBe("a,b,c,");
  });

  test("gets further variables, which may replace its standard ones", async () => {
    const source = "{{ enable_thinking }} {{ eos_token }} {{ level }}";
    const kwargs = { enable_thinking: false, eos_token: "END", level: 3 };
    expect(await read(source, [user("x")], { settings: { kwargs } })).toEqual(["False END 3"]);
  });

  test("without further variables finds none of them defined", async () => {
    const source = "{{ enable_thinking is defined }} {{ tools is none }} {{ documents is none }}";
    expect(await read(source, [user("x")])).toEqual(["False True True"]);
  });

  test("writes the date that it is given", async () => {
    expect(await read("{{ strftime_now('%d %b %Y') }}", [user("x")])).toEqual(["28 Nov 2026"]);
  });

  test.each([
    ["adds BOS where the model wants it", turns + start],
    ["keeps to one BOS where the template writes it", `{{ bos_token }}${turns}${start}`],
    ["keeps to one BOS where the template spells it", `<s>${turns}${start}`],
  ])("%s", async (_, template) => {
    const tokens = await read(template, [user("x")], { toy: toyTokenizer({ addsBos: true }) });
    expect(tokens[0]).toBe("<s>");
    expect(count(tokens, "<s>")).toBe(1);
  });

  test("that refuses a conversation is an error with its own message", async () => {
    const source = "{{ raise_exception('System role not supported') }}";
    await expect(read(source, [user("x")])).rejects.toMatchObject({
      code: "chat-template",
      exitCode: 3,
      message: "the chat template of toy.gguf cannot be rendered: System role not supported",
      hint: expect.stringContaining("--raw"),
    });
  });

  test("that cannot be parsed is such an error too, however much it looks like a known one", async () => {
    await expect(read("{% if %}<|im_start|>{{ messages }}", [user("x")])).rejects.toMatchObject({
      code: "chat-template",
      hint: expect.stringContaining("--raw"),
    });
  });

  test("by a name of llama.cpp's is refused by an engine that has none", async () => {
    const settings = { source: { type: "named", name: "chatml" } } as const;
    await expect(read(turns, [user("x")], { settings })).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining("--engine libllama"),
    });
  });
});

describe("words", () => {
  test("merge over the seam of template and message", async () => {
    const template = turns.replace("'|>\\n'", "'|>\\nYou say: '") + start;
    expect(await read(template, [user("hi")])).toContain("You say: hi");
  });

  test("merge over it in messages with special tokens too", async () => {
    const template = turns.replace("'|>\\n'", "'|>\\nYou say: '") + start;
    expect(await read(template, [user("a</s>b")])).toContain("You say: a</s>b");
  });

  test("get a space in front only where llama.cpp puts one", async () => {
    const toy = toyTokenizer({ spaceInFront: true });
    const tokens = await read(turns + start, [user("a</s>b")], { toy });
    expect(tokens).toContain("a</s>b");
    expect(tokens).not.toContain(" a</s>b");
  });
});

describe("special tokens in messages", () => {
  const messages = [
    user("</s> and <|user|>\n<|assistant|>"),
    assistant("<s><s></s>"),
    user("say </s> to me"),
  ];

  test("stay text", async () => {
    const tokens = await read(turns + start, messages);
    expect(tokens.join("").replaceAll("text ", "")).toBe(
      messages.map(({ role, content }) => `<|${role}|>\n${content}</s>\n`).join("") +
        "<|assistant|>\n",
    );
    expect(count(tokens, "</s>")).toBe(3);
    expect(count(tokens, "<|user|>")).toBe(2);
    expect(count(tokens, "<|assistant|>")).toBe(2);
    expect(count(tokens, "<s>")).toBe(0);
    expect(tokens).toContain("say </s> to me");
  });

  test("stay text where the template trims or changes what is around them", async () => {
    const source = `{% for m in messages %}<|user|>{{ m.content | trim | replace('say', 'tell') }}</s>{% endfor %}`;
    const tokens = await read(source, [user("  say </s>\n"), user("</s>  ")]);
    expect(tokens).toEqual(["<|user|>", "tell </s>", "</s>", "<|user|>", "text </s>", "</s>"]);
  });

  test("count as the model's where they are user-defined, as in any text", async () => {
    expect(count(await read(turns + start, [user("a <|tool|> b </s>")]), "<|tool|>")).toBe(1);
  });
});

/** Qwen3's way with earlier answers. */
const dropsThinking = `{% for m in messages %}<|{{ m.role }}|>{% if m.role == 'assistant' and '</think>' in m.content %}{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %}</s>{% endfor %}`;
/** GLM's way: it writes the markup again. */
const keepsThinking = `{% for m in messages %}<|{{ m.role }}|>{% if m.role == 'assistant' and '</think>' in m.content %}{{ m.content.split('</think>')[0].strip() }}</think>{{ m.content.split('</think>')[1].strip() }}{% else %}{{ m.content }}{% endif %}</s>{% endfor %}`;

describe("markup of the template in messages", () => {
  const answer = assistant("hm\n</think>\n\nfour </s>");

  test("in an answer is the template's own", async () => {
    const dropped = await read(dropsThinking, [user("2+2"), answer, user("3+3")]);
    expect(dropped.join("")).toBe("<|user|>2+2</s><|assistant|>four </s></s><|user|>3+3</s>");
    expect(count(dropped, "</think>")).toBe(0);
    expect(count(dropped, "</s>")).toBe(3);
    const kept = await read(keepsThinking, [user("2+2"), answer, user("3+3")]);
    expect(kept).toContain("hm");
    expect(count(kept, "</think>")).toBe(1);
    expect(count(kept, "</s>")).toBe(3);
  });

  test("in the user's message is text", async () => {
    for (const template of [dropsThinking, keepsThinking]) {
      const tokens = await read(template, [user("what is </think>?")]);
      expect(tokens).toEqual(["<|user|>", "what is </think>?", "</s>"]);
    }
  });

  test.each([
    ["starts with it", "m.content.startswith('</s>')", "</s>a"],
    ["ends with it", "m.content.endswith('</s>')", "a</s>"],
    ["has it", "'</s>' in m.content", "a</s>b"],
  ])("is text where the template asks whether the user's message %s", async (_, test, content) => {
    const source = `{% for m in messages %}{% if ${test} %}!{% endif %}{{ m.content }}<s>{% endfor %}`;
    expect(await read(source, [user(content)])).toEqual([`!${content}`, "<s>"]);
  });

  test("that cannot be told from the user's words is refused", async () => {
    const source = "{% if messages[0].content == '</s>' %}yes </s>{% else %}no{% endif %}";
    await expect(read(source, [user("</s>")])).rejects.toMatchObject({
      code: "chat-template",
      message: expect.stringContaining("takes </s> in a message for its own markup"),
    });
  });
});
