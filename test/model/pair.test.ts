import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replay } from "../../src/bench/replay/replay.ts";
import type { EmittedToken, GenerateEvent } from "../../src/decoding/events.ts";
import { type Counts, count, noCounts, perTokenAcceptance } from "../../src/decoding/metrics.ts";
import type { LocalPair } from "../../src/engine/local-pair.ts";
import { openPair } from "../../src/engine/open-pair.ts";
import { draftModelChain, type GenerateRequest } from "../../src/engine/pair.ts";
import { cpuOptions, embedded, lacks, models } from "../support/models.ts";

/** A batch of n rounds differently from n batches of one; wider gaps than this never flip. */
const nearTie = 0.5;

const questions = [
  "Write a Python function that returns the n-th Fibonacci number.",
  "Translate to French: the bakery on the corner opens at six.",
];
const beginnings = [
  'class Stack:\n    """A stack of items."""\n\n    def __init__(self):\n',
  "import os\nimport sys\n\n\ndef main(argv):\n    for name in argv:\n        with open(name) as file:\n",
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
const raw = (text: string): Partial<GenerateRequest> => ({ prompt: { type: "text", text } });

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

const subjects = [
  {
    name: "the embedded pair",
    ...embedded,
    draftLengths: [1, 2, 4, 8],
    ask: raw,
    prompts: beginnings,
  },
  {
    name: "SmolLM2 135M as its own draft",
    target: models.smollm,
    draft: models.smollm,
    draftLengths: [1, 4, 8],
    ask: chat,
    prompts: questions,
  },
  {
    name: "Qwen2.5-Coder 1.5B and 0.5B",
    target: models.qwenTarget,
    draft: models.qwenDraft,
    draftLengths: [1, 4],
    ask: chat,
    prompts: questions,
  },
];

describe.each(subjects)("$name", ({ target, draft, draftLengths, ask, prompts }) => {
  describe.skipIf(!existsSync(target) || !existsSync(draft))("on the CPU", () => {
    let pair: LocalPair;
    beforeAll(async () => {
      pair = await openPair({ ...cpuOptions, engine: "libllama", target, draft, contextSize: 512 });
    });
    afterAll(() => pair.close());

    test.each(prompts)("greedy: the same text at every draft length: %s", async (prompt) => {
      const plain = await answer(pair, ask(prompt));
      expect(plain.counts.drafted).toBe(0);
      for (const draftLength of draftLengths) {
        const speculative = await answer(pair, { ...ask(prompt), draftLength });
        expectSameButForTies(plain, speculative);
        expect(speculative.counts.drafted).toBeGreaterThan(0);
        expect(speculative.counts.accepted).toBeGreaterThan(0);
      }
    });

    test("sampled: the same seed repeats the run, another does not", async () => {
      const sampled = {
        ...ask(prompts[0] as string),
        draftLength: 3,
        sampler: { ...base.sampler, temperature: 1.5, topK: 0, topP: 1, minP: 0.02 },
      };
      const first = await answer(pair, sampled);
      expect((await answer(pair, sampled)).tokens).toEqual(first.tokens);
      expect((await answer(pair, { ...sampled, seed: 8 })).tokens).not.toEqual(first.tokens);
    });

    test("a second turn evaluates only what is new", async ({ skip }) => {
      skip(ask !== chat, "a model without a chat template");
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

    test("stops at a stop text", async () => {
      const prompt = ask(prompts[0] as string);
      const { text } = await answer(pair, prompt);
      // From a place that does not occur before, so that the text ends there and not earlier.
      const stop = text.slice(-4);
      const before = text.slice(0, text.indexOf(stop));
      const stopped = await answer(pair, { ...prompt, draftLength: 4, stopTexts: [stop] });
      expect(stopped).toMatchObject({ reason: "stop", text: before });
    });

    test("stops at a full context", async () => {
      const long = " the".repeat(490);
      const full = { prompt: { type: "text", text: long }, maxTokens: 100 } as const;
      const { reason, counts } = await answer(pair, { ...full, draftLength: 4 });
      expect(reason).toBe("context");
      expect(counts.promptTokens).toBeGreaterThan(412);
      // The last token stays out of the cache.
      expect(counts.promptTokens + counts.tokens).toBe(512 + 1);
    });

    test("times the batches of a round", async () => {
      const { target, draft } = await pair.timeRounds({
        ...{ targetBatches: [1, 2, 4], draftBatches: [1, 2] },
        ...{ repetitions: 2, budgetMs: 1000, contextTokens: 16 },
      });
      expect(target.map(({ tokens }) => tokens)).toEqual([1, 2, 4]);
      expect(draft?.batches.map(({ tokens }) => tokens)).toEqual([1, 2]);
      for (const { ms } of [...target, ...(draft?.batches ?? [])]) expect(ms).toBeGreaterThan(0);
    });

    test("says without running them what chains come to, but for near ties", async () => {
      const request = { ...base, ...ask(prompts[0] as string), maxTokens: 60 };
      const { tokens } = await answer(pair, request);
      const { prompt, ngram } = request;
      const ranking = await pair.rank({ prompt, tokens, topK: 1, goOn: 7, ngram });
      const room = pair.info.contextSize - ranking.promptTokens;
      const recording = { ...ranking, tokens, maxTokens: 60, room };
      for (const draftLength of draftLengths) {
        const chain = { adaptive: false, topK: 1, treeSize: 0, pMin: 0, temp: 0 } as const;
        const drafting = {
          ...chain,
          drafter: "draft",
          draftLen: draftLength,
          accept: "exact",
        } as const;
        const replayed = replay(recording, { drafting, pool: [], maxBranches: 0 });
        const { counts } = await answer(pair, { ...request, topK: 1, draftLength });
        expect(Math.abs(replayed.passes - counts.passes)).toBeLessThanOrEqual(counts.passes * 0.1);
        expect(replayed.passTokens).toBe(tokens.length - 1);
      }
    });
  });
});

describe.skipIf(lacks(models.smollm))("a model that drafts for itself", () => {
  test("accepts every token but for near ties", async () => {
    const target = models.smollm;
    const options = { ...cpuOptions, target, draft: target, contextSize: 512 };
    const pair = await openPair({ ...options, engine: "libllama" });
    const { counts } = await answer(pair, { ...chat(questions[0] as string), draftLength: 4 });
    expect(perTokenAcceptance(counts)).toBeGreaterThan(0.9);
    await pair.close();
  });
});
