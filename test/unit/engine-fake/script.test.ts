import { describe, expect, test } from "vitest";
import { emittedIn } from "../../../src/decoding/events.ts";
import { openPair } from "../../../src/engine/open-pair.ts";
import type { GenerateRequest } from "../../../src/engine/pair.ts";
import { fakeOptions, plain } from "../engine/fake-requests.ts";

const chat: GenerateRequest["prompt"] = {
  type: "chat",
  messages: [{ role: "user", content: "What is it?" }],
};

async function answer(target: string, request: Partial<GenerateRequest> = {}) {
  const pair = await openPair({ ...fakeOptions, target }, () => true);
  let text = "";
  let reasoning: number | undefined;
  for await (const event of pair.generate({ ...plain, prompt: chat, ...request })) {
    text += emittedIn(event)
      .map((token) => token.text)
      .join("");
    if (event.type === "done") reasoning = event.reasoning;
  }
  await pair.close();
  return { text, reasoning };
}

describe("a fake model that reasons", () => {
  const target = "fake:think=10,end=-1000,seed=4";

  test("starts its answer with so many tokens between marks", async () => {
    const { text, reasoning } = await answer(target);
    expect(text).toMatch(/^<think>[^<]+<\/think>/s);
    expect(reasoning).toBe("<think>".length + 10 + "</think>".length);
  });

  test("goes on where the prompt has opened it", async () => {
    const prompt = { type: "text", text: "What is it?\n<think>" } as const;
    const { text, reasoning } = await answer(target, { prompt });
    expect(text.indexOf("<think>")).toBe(-1);
    expect(text.indexOf("</think>")).toBeGreaterThan(0);
    expect(reasoning).toBe(10 + "</think>".length);
  });

  test("has none in plain text, nor without the key", async () => {
    const prompt = { type: "text", text: "What is it?" } as const;
    expect((await answer(target, { prompt })).reasoning).toBeUndefined();
    expect((await answer("fake:end=-1000,seed=4")).reasoning).toBeUndefined();
  });

  test("is cut by the limit inside it", async () => {
    expect((await answer(target, { maxTokens: 12 })).reasoning).toBe(12);
  });
});
