import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmittedToken, GenerateEvent } from "../../src/decoding/events.ts";
import { type Counts, count, noCounts, perTokenAcceptance } from "../../src/decoding/metrics.ts";
import type { LocalPair } from "../../src/engine/local-pair.ts";
import { openPair } from "../../src/engine/open-pair.ts";
import { draftModelChain, type GenerateRequest } from "../../src/engine/pair.ts";
import { cpuOptions, lacks, models } from "../support/models.ts";

/** A batch of n rounds differently from n batches of one; wider gaps than this never flip. */
const nearTie = 0.5;

const prompts = [
  "Write a Python function that returns the n-th Fibonacci number.",
  "Translate to French: the bakery on the corner opens at six.",
];

interface Answer {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly gaps: readonly number[];
  readonly counts: Counts;
  readonly reason: string;
}

const base: GenerateRequest = {
  ...draftModelChain,
  prompt: { type: "text", text: "" },
  draftLength: 0,
  topK: 10,
  sampler: { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 },
  seed: 7,
  maxTokens: 24,
  stopTexts: [],
  wholeChunks: true,
  eventsEveryMs: 0,
};

const chat = (content: string): Partial<GenerateRequest> => ({
  prompt: { type: "chat", messages: [{ role: "user", content }] },
});

async function answer(pair: LocalPair, changes: Partial<GenerateRequest>): Promise<Answer> {
  let counts = noCounts;
  const emitted: EmittedToken[] = [];
  let done: Extract<GenerateEvent, { type: "done" }> | undefined;
  for await (const event of pair.generate({ ...base, ...changes })) {
    counts = count(counts, event);
    if (event.type === "done") done = event;
    else if (event.type !== "prefill") emitted.push(...event.emitted);
  }
  return {
    tokens: emitted.map(({ token }) => token),
    text: emitted.map(({ text }) => text).join("") + done?.text,
    gaps: emitted.map(({ gap }) => gap ?? Number.NaN),
    counts,
    reason: done?.reason ?? "none",
  };
}

/** Speculative text is plain's, up to where plain itself was undecided. */
function expectSameButForTies(plain: Answer, speculative: Answer): void {
  const at = plain.tokens.findIndex((token, i) => token !== speculative.tokens[i]);
  if (at >= 0) expect(plain.gaps[at]).toBeLessThan(nearTie);
  else expect(speculative.text).toBe(plain.text);
}

describe.each([
  ["SmolLM2 135M as its own draft", models.smollm, models.smollm, [1, 4, 8]],
  ["Qwen2.5-Coder 1.5B and 0.5B", models.qwenTarget, models.qwenDraft, [1, 4]],
] as const)("%s", (_, target, draft, draftLengths) => {
  describe.skipIf(lacks(target, draft))("on the CPU", () => {
    let pair: LocalPair;
    beforeAll(async () => {
      pair = await openPair({ ...cpuOptions, engine: "libllama", target, draft, contextSize: 512 });
    });
    afterAll(() => pair.close());

    test.each(prompts)("greedy: the same text at every draft length: %s", async (prompt) => {
      const plain = await answer(pair, chat(prompt));
      expect(plain.counts.drafted).toBe(0);
      for (const draftLength of draftLengths) {
        const speculative = await answer(pair, { ...chat(prompt), draftLength });
        expectSameButForTies(plain, speculative);
        expect(speculative.counts.drafted).toBeGreaterThan(0);
        expect(speculative.counts.accepted).toBeGreaterThan(0);
      }
    });

    test("sampled: the same seed repeats the run, another does not", async () => {
      const sampled = {
        ...chat(prompts[0] as string),
        draftLength: 3,
        sampler: { ...base.sampler, temperature: 1.5, topK: 0, topP: 1, minP: 0.02 },
      };
      const first = await answer(pair, sampled);
      expect((await answer(pair, sampled)).tokens).toEqual(first.tokens);
      expect((await answer(pair, { ...sampled, seed: 8 })).tokens).not.toEqual(first.tokens);
    });

    test("a second turn evaluates only what is new", async () => {
      const question = { role: "user", content: "Name a colour." } as const;
      const turn = { draftLength: 2, wholeChunks: false };
      const first = await answer(pair, { ...chat(question.content), ...turn, maxTokens: 8 });
      const messages = [
        question,
        { role: "assistant", content: first.text } as const,
        { role: "user", content: "Another." } as const,
      ];
      const second = await answer(pair, { ...turn, prompt: { type: "chat", messages } });
      expect(second.counts.reusedTokens).toBeGreaterThanOrEqual(first.counts.promptTokens - 1);
      expect(second.counts.reusedTokens).toBeLessThan(second.counts.promptTokens);
      expect(second.text.trim()).not.toBe("");
    });

    test("stops at a stop text, and at a full context", async () => {
      const counting = { prompt: { type: "text", text: "1 2 3 4 5 6 7 8 9" } } as const;
      const stopped = await answer(pair, { ...counting, draftLength: 4, stopTexts: ["13"] });
      expect(stopped).toMatchObject({ reason: "stop", text: " 10 11 12 " });
      const long = "word ".repeat(500);
      const full = { prompt: { type: "text", text: long }, maxTokens: 100 } as const;
      const { reason, counts } = await answer(pair, { ...full, draftLength: 4 });
      expect(reason).toBe("context");
      // The last token stays out of the cache.
      expect(counts.promptTokens + counts.tokens).toBe(512 + 1);
    });

    test("measures what batches cost", async () => {
      const costs = await pair.measure({ maxBatch: 3, repetitions: 2, contextTokens: 16 });
      expect(costs.targetMs).toHaveLength(3);
      for (const ms of [...costs.targetMs, costs.draftStepMs]) expect(ms).toBeGreaterThan(0);
    });
  });
});

describe.skipIf(lacks(models.smollm))("a model that drafts for itself", () => {
  test("accepts every token but for near ties", async () => {
    const target = models.smollm;
    const options = { ...cpuOptions, target, draft: target, contextSize: 512 };
    const pair = await openPair({ ...options, engine: "libllama" });
    const { counts } = await answer(pair, { ...chat(prompts[0] as string), draftLength: 4 });
    expect(perTokenAcceptance(counts)).toBeGreaterThan(0.9);
    await pair.close();
  });
});
