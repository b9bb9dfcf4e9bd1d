import { beforeAll, describe, expect, test } from "vitest";
import { parseTemplate } from "../../../../src/engine/chat-template/jinja-template.ts";
import { findSpellings, spellingsIn } from "../../../../src/engine/chat-template/special-marks.ts";
import type { ChatMessage } from "../../../../src/engine/port.ts";
import references from "../../../references/chat-templates.json" with { type: "json" };
import { readLlamaTemplates } from "../../../support/llama-source.ts";

let templates: ReadonlyMap<string, string>;

beforeAll(() => {
  templates = readLlamaTemplates();
}, 120_000);

/** Control tokens that no template looks for in an answer. */
const ends = ["<s>", "</s>", "<|im_start|>", "<|im_end|>"];

/** Whatever a template spells that looks like a special token, as if it were a control token. */
function spelledIn(source: string): string[] {
  const found = source.match(/<[|｜/]?[\w ｜|▁:-]+[|｜]?>|\[\/?[A-Z_]+\]/g) ?? [];
  return [...new Set([...found, ...ends, "<think>", "</think>"])];
}

function render(source: string) {
  const template = parseTemplate(source);
  return (messages: readonly ChatMessage[]): string | undefined => {
    const variables = { bos_token: "<s>", eos_token: "</s>", tools: null, documents: null };
    try {
      return template.render({ messages, add_generation_prompt: true, ...variables }, 0);
    } catch {
      return undefined;
    }
  };
}

/** The text without the spellings that were found in messages. */
async function withoutSpellings(
  source: string,
  messages: readonly ChatMessage[],
): Promise<string | undefined> {
  const write = render(source);
  const written = write(messages);
  if (written === undefined) return undefined;
  const { plain } = await findSpellings({
    messages,
    spellings: spellingsIn(messages, spelledIn(source)),
    written,
    avoid: [source],
    render: async (marked) => write(marked),
  });
  return plain.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(end),
    written,
  );
}

const count = (text: string, part: string): number => text.split(part).length - 1;

const asked = (content: string): ChatMessage[] => [
  { role: "user", content },
  { role: "assistant", content: "ok" },
  { role: "user", content },
];

const answered = (content: string): ChatMessage[] => [
  { role: "user", content: "a" },
  { role: "assistant", content },
  { role: "user", content: "b" },
];

describe("a message cannot bring a control token into", () => {
  test.each(Object.keys(references))("%s", async (name) => {
    const source = templates.get(name) ?? "";
    const write = render(source);
    const places = [(text: string) => `x ${text} y`, (text: string) => text];
    for (const place of places) {
      for (const spelling of spelledIn(source)) {
        const text = await withoutSpellings(source, asked(place(spelling)));
        if (text === undefined) continue;
        const clean = write(asked(place(""))) ?? "";
        expect([spelling, count(text, spelling)]).toEqual([spelling, count(clean, spelling)]);
      }
    }
    for (const spelling of ends) {
      const text = await withoutSpellings(source, answered(`x ${spelling} y`));
      if (text === undefined) continue;
      const clean = write(answered("x  y")) ?? "";
      expect([spelling, count(text, spelling)]).toEqual([spelling, count(clean, spelling)]);
    }
  });
});
