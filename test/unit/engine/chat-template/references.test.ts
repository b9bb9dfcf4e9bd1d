import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { parseTemplate } from "../../../../src/engine/chat-template/jinja-template.ts";
import references from "../../../references/chat-templates.json" with { type: "json" };
import conversations from "../../../references/conversations.json" with { type: "json" };
import { readLlamaTemplates } from "../../../support/llama-source.ts";

type Reference = string | { readonly error: string };

/** What jinja2 wrote, by template and conversation: with enable_thinking true, then false. */
const wanted = new Map<string, Record<string, Reference[]>>(Object.entries(references));
const now = new Date(2026, 10, 28).getTime();

let templates: ReadonlyMap<string, string>;

beforeAll(() => {
  templates = readLlamaTemplates();
}, 120_000);

describe("llama.cpp's chat templates", () => {
  test("are the ones that the references were made of", () => {
    expect([...templates.keys()].sort()).toEqual([...wanted.keys()].sort());
    const texts = [...wanted.values()].flatMap((each) => Object.values(each).flat());
    expect(texts.filter((text) => typeof text === "string").length).toBeGreaterThan(1046);
  });

  test.each([...wanted.keys()])("%s is rendered as jinja2 renders it", (name) => {
    const template = parseTemplate(templates.get(name) ?? "");
    const results = Object.entries(wanted.get(name) ?? {}).flatMap(([conversation, texts]) =>
      texts.map((reference, i) => {
        const written = summaryOf(() => template.render(variablesOf(conversation, i === 0), now));
        return {
          conversation,
          thinking: i === 0,
          reference: summaryOfReference(reference),
          written,
        };
      }),
    );
    expect(results.filter(({ reference, written }) => reference !== written)).toEqual([]);
  });
});

function variablesOf(conversation: string, thinking: boolean) {
  const messages = (conversations as Record<string, string[][]>)[conversation] ?? [];
  return {
    messages: messages.map(([role, content]) => ({ role, content })),
    add_generation_prompt: true,
    enable_thinking: thinking,
    bos_token: "<s>",
    eos_token: "</s>",
    tools: null,
    documents: null,
  };
}

/** Length in bytes and start of the SHA-256, as the references have it. */
function summaryOf(render: () => string): string {
  let text: string;
  try {
    text = render();
  } catch {
    return "refused";
  }
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${Buffer.byteLength(text)} ${hash}`;
}

function summaryOfReference(reference: Reference): string {
  return typeof reference === "string" ? reference : "refused";
}
