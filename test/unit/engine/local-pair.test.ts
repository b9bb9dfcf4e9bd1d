import { describe, expect, test } from "vitest";
import type { GenerateEvent, PrefillEvent, RoundEvent } from "../../../src/decoding/events.ts";
import { allShared } from "../../../src/drafters/shared-tokens.ts";
import { fakeEngine } from "../../../src/engine/fake/engine.ts";
import { LocalPair } from "../../../src/engine/local-pair.ts";
import { openPair } from "../../../src/engine/open-pair.ts";
import type { GenerateRequest, PairOptions } from "../../../src/engine/pair.ts";
import type { ChatMessage } from "../../../src/engine/port.ts";
import { greedy } from "../../support/fake.ts";
import { fakeOptions, plain } from "./fake-requests.ts";

/** A vocabulary without parts of characters: their text reads back as other tokens. */
const options: PairOptions = {
  ...fakeOptions,
  target: "fake:seed=3,end=-1000,vocab=97",
  draft: "fake:seed=3,end=-1000,vocab=97,agreement=0.9",
};

const speculative: GenerateRequest = { ...plain, draftLength: 4 };

async function open(): Promise<LocalPair> {
  return openPair(options, () => true);
}

/** Runs a generation, and `act` after each of its rounds. */
async function collect(
  pair: LocalPair,
  request: GenerateRequest,
  act: (rounds: number) => void = () => {},
): Promise<readonly GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  let rounds = 0;
  for await (const event of pair.generate(request)) {
    events.push(event);
    if (event.type === "round") act(++rounds);
  }
  return events;
}

function tokensOf(events: readonly GenerateEvent[]): number[] {
  return events.flatMap((event) =>
    "emitted" in event ? event.emitted.map(({ token }) => token) : [],
  );
}

function roundsOf(events: readonly GenerateEvent[]): RoundEvent[] {
  return events.filter((event) => event.type === "round");
}

function prefillsOf(events: readonly GenerateEvent[], model: "target" | "draft"): PrefillEvent[] {
  return events.filter((event) => event.type === "prefill" && event.model === model) as never;
}

describe("settings that change in the middle of an answer", () => {
  test.each([
    ["the draft model, from plain", plain, speculative, "draft"],
    ["plain, from the draft model", speculative, plain, undefined],
    ["lookup, from the draft model", speculative, { ...speculative, drafters: ["ngram"] }, "ngram"],
    ["the draft model, from lookup", { ...speculative, drafters: ["ngram"] }, speculative, "draft"],
    ["a tree, from a chain", speculative, { ...speculative, topK: 3, treeSize: 8 }, "draft"],
  ] as const)("act from the next pass: %s", async (_, before, after, drafter) => {
    const pair = await open();
    const expected = tokensOf(await collect(pair, plain));
    const events = await collect(pair, before as GenerateRequest, (rounds) => {
      if (rounds === 3) pair.adjust(after as GenerateRequest);
    });
    expect(tokensOf(events)).toEqual(expected);
    const later = roundsOf(events).slice(3);
    const drafted = later.filter((round) => round.drafted.length > 0);
    expect(new Set(drafted.map((round) => round.drafter))).toEqual(
      new Set(drafter === undefined || drafted.length === 0 ? [] : [drafter]),
    );
    if (drafter === "draft") expect(drafted.length).toBeGreaterThan(2);
    await pair.close();
  });

  test("let a length choose itself from there on, with costs measured behind the text", async () => {
    const pair = await open();
    const expected = tokensOf(await collect(pair, plain));
    const events = await collect(pair, speculative, (rounds) => {
      if (rounds === 2) pair.adjust({ ...speculative, draftLength: 8, adaptive: true });
    });
    expect(tokensOf(events)).toEqual(expected);
    const plans = roundsOf(events).map(({ plan }) => plan !== undefined);
    expect(plans.slice(0, 3)).toEqual([false, false, true]);
    await pair.close();
  });

  test("change how tokens are drawn", async () => {
    const pair = await open();
    const hot = { ...speculative, sampler: { ...greedy, temperature: 5 } };
    const greedyTokens = tokensOf(await collect(pair, plain));
    const events = await collect(pair, speculative, (rounds) => {
      if (rounds === 2) pair.adjust(hot);
    });
    const before = roundsOf(events).slice(0, 2);
    const kept = 1 + before.flatMap(({ emitted }) => emitted).length;
    expect(tokensOf(events).slice(0, kept)).toEqual(greedyTokens.slice(0, kept));
    expect(tokensOf(events)).not.toEqual(greedyTokens);
    await pair.close();
  });

  test("that nobody took up do not act on the next answer", async () => {
    const pair = await open();
    pair.adjust(speculative);
    const events = await collect(pair, plain);
    expect(roundsOf(events).every(({ drafted }) => drafted.length === 0)).toBe(true);
    await pair.close();
  });
});

describe("draft heads", () => {
  const files = ["chained", "parallel"].map(
    (kind) => `fake:kind=${kind},count=4,seed=3,end=-1000,vocab=97,agreement=1`,
  );
  const withHeads: GenerateRequest = { ...speculative, drafters: ["heads"] };
  const { draft: _, ...alone } = options;

  test.each([
    ["the first", withHeads],
    ["the second", { ...withHeads, heads: 1 }],
    ["a tree of the second", { ...withHeads, heads: 1, topK: 3, treeSize: 9 }],
    ["behind lookup", { ...withHeads, drafters: ["ngram", "heads"], heads: 1 }],
    ["at draft lengths beyond their number", { ...withHeads, draftLength: 9 }],
  ] as const)("draft in place of a model: %s", async (_, request) => {
    const pair = await openPair({ ...alone, heads: files });
    const expected = tokensOf(await collect(pair, plain));
    const events = await collect(pair, request as GenerateRequest);
    expect(tokensOf(events)).toEqual(expected);
    const rounds = roundsOf(events).filter(({ drafter }) => drafter === "heads");
    expect(rounds.length).toBeGreaterThan(2);
    for (const { accepted } of rounds.slice(0, -1)) expect(accepted).toBeGreaterThan(0);
    await pair.close();
  });

  test("draft as much as pays, by costs that were measured", async () => {
    // A target that takes its time, or nothing would be worth drafting.
    const target = `${options.target},step=2`;
    const pair = await openPair({ ...alone, target, heads: files });
    const expected = tokensOf(await collect(pair, plain));
    for (const heads of [0, 1]) {
      const events = await collect(pair, { ...withHeads, heads, adaptive: true });
      expect(tokensOf(events)).toEqual(expected);
      const rounds = roundsOf(events);
      expect(rounds.filter(({ drafter }) => drafter === "heads").length).toBeGreaterThan(2);
      expect(rounds.every(({ plan }) => plan !== undefined)).toBe(true);
    }
    await pair.close();
  });

  test("begin in the middle of an answer, one pass later than others: no state is known yet", async () => {
    const pair = await openPair({ ...options, heads: files });
    const expected = tokensOf(await collect(pair, plain));
    for (const before of [plain, speculative, { ...withHeads, heads: 1 }]) {
      const events = await collect(pair, before, (rounds) => {
        if (rounds === 2) pair.adjust(withHeads);
      });
      expect(tokensOf(events)).toEqual(expected);
      const later = roundsOf(events).slice(2);
      expect(later[0]?.drafted).toEqual([]);
      for (const { drafter, accepted, drafted } of later.slice(1, -1)) {
        expect(drafter).toBe("heads");
        expect(accepted).toBe(drafted.length);
      }
    }
    await pair.close();
  });

  test("that nobody has named are a mistake with a hint", async () => {
    const pair = await openPair(alone);
    const hint = "Name their file with --heads.";
    await expect(collect(pair, withHeads)).rejects.toMatchObject({ exitCode: 2, hint });
    const one = await openPair({ ...alone, heads: files.slice(0, 1) });
    await expect(collect(one, { ...withHeads, heads: 1 })).rejects.toThrow("no heads 1");
    await pair.close();
    await one.close();
  });
});

const sampled = { temperature: 1, topK: 0, topP: 1, minP: 0 };

describe("a round that goes wrong", () => {
  const tree = { ...speculative, draftLength: 3, topK: 3, treeSize: 6 };

  test("with a token that the draft model does not have leaves a pair that goes on", async () => {
    const larger = { ...options, target: "fake:seed=3,end=-1000,vocab=101" };
    const pair = await openPair(larger);
    const lengths: number[] = [];
    for (let seed = 0; seed < 4; seed++) {
      const events = await collect(pair, { ...tree, seed, sampler: sampled, maxTokens: 200 });
      lengths.push(tokensOf(events).length);
    }
    expect(lengths).toEqual([200, 200, 200, 200]);
    await pair.close();
  });

  test.each([
    ["a tree", tree],
    ["a chain", speculative],
    ["heads", { ...tree, drafters: ["heads"] as const }],
    ["a length of its own choice", { ...tree, adaptive: true }],
  ])("leaves a pair that goes on: %s", async (_, request) => {
    const { pair, failAt } = await breakable();
    const whole = tokensOf(await collect(pair, plain));
    failAt(10);
    await expect(collect(pair, request)).rejects.toThrow("decode failed");
    expect(tokensOf(await collect(pair, request))).toEqual(whole);
    await pair.close();
  });
});

/** A pair one of whose target batches can be made to fail. */
async function breakable() {
  const targetMs = 7;
  let left = Number.POSITIVE_INFINITY;
  const engine = fakeEngine({
    wait: (ms) => {
      if (ms === targetMs && --left === 0) throw new Error("decode failed");
    },
  });
  const load = (path: string, hiddenStates: boolean) =>
    engine.open({ path, contextSize: 256, hiddenStates, onProgress: () => true });
  const target = await load(`${options.target},step=${targetMs}`, true);
  const draft = await load(`${options.draft},step=1`, false);
  const heads = await engine.openHeads(
    "fake:kind=chained,count=4,seed=3,end=-1000,vocab=97,step=1",
    256,
  );
  const pair = new LocalPair({
    ...{ engine, target, draft, heads: [heads], shared: allShared(target.vocabulary.size) },
    info: {
      ...{ engine: engine.info, target: target.info, draft: draft.info, heads: [heads.info] },
      ...{ contextSize: 256, notices: [] },
    },
  });
  return { pair, failAt: (batch: number) => (left = batch) };
}

describe("a recurrent target", () => {
  const target = `${options.target},recurrent=1`;
  const { draft: _, ...alone } = options;

  test("decodes plainly, again and again, and can be measured", async () => {
    const pair = await openPair({ ...alone, target });
    const text = "x".repeat(100);
    const request = { ...plain, prompt: { type: "text", text }, wholeChunks: true } as const;
    const first = tokensOf(await collect(pair, request));
    expect(tokensOf(await collect(pair, request))).toEqual(first);
    const times = { targetBatches: [1], draftBatches: [], contextTokens: 64 };
    await pair.timeRounds({ ...times, repetitions: 100, budgetMs: 10_000 });
    expect(tokensOf(await collect(pair, request))).toEqual(first);
    await pair.close();
  });

  test("refuses to be drafted for, by whatever", async () => {
    const pair = await openPair({ ...alone, target });
    for (const adaptive of [false, true]) {
      const lookup = { ...speculative, drafters: ["ngram"] as const, adaptive };
      await expect(collect(pair, lookup)).rejects.toMatchObject({
        ...{ code: "cannot-roll-back", hint: expect.stringContaining("--draft-len 0") },
      });
    }
    await pair.close();
    await expect(openPair({ ...options, target })).rejects.toMatchObject({
      code: "cannot-roll-back",
    });
  });
});

test("an abort is heard while costs are measured, before a text and in it", async () => {
  const slow = { ...options, target: `${options.target},step=5,token=5` };
  for (const inText of [false, true]) {
    const pair = await openPair(slow);
    const abort = new AbortController();
    const adaptive = { ...speculative, adaptive: true };
    let [abortedAt, reason] = [Number.NaN, ""];
    const stop = () =>
      setTimeout(() => {
        abortedAt = performance.now();
        abort.abort();
      }, 20);
    if (!inText) stop();
    const events = pair.generate(inText ? { ...plain, maxTokens: 200 } : adaptive, abort.signal);
    for await (const event of events) {
      if (event.type === "round" && Number.isNaN(abortedAt) && inText) {
        pair.adjust(adaptive);
        stop();
        abortedAt = 0;
      }
      if (event.type === "done") reason = event.reason;
    }
    expect(reason).toBe("aborted");
    // To the end all these batches take 4 × (5 + 10 + … + 30) ms and more.
    expect(performance.now() - abortedAt).toBeLessThan(200);
    await pair.close();
  }
});

describe("a conversation", () => {
  test("evaluates in each turn what is new and nothing else", async () => {
    const pair = await open();
    const messages: ChatMessage[] = [{ role: "user", content: "Hello." }];
    for (let turn = 0; turn < 3; turn++) {
      const request = {
        ...speculative,
        prompt: { type: "chat", messages: [...messages] } as const,
      };
      const events = await collect(pair, request);
      const { total, reused } = prefillsOf(events, "target").at(-1) as PrefillEvent;
      const question = messages.at(-1)?.content.length ?? 0;
      // "\nU: " before a question, "\nA:" behind it; the last token of an answer is in no cache.
      if (turn > 0) expect(total - reused).toBeLessThanOrEqual(question + 8);
      const content = events
        .map((event) =>
          "emitted" in event
            ? event.emitted.map(({ text }) => text).join("")
            : event.type === "done"
              ? event.text
              : "",
        )
        .join("");
      messages.push({ role: "assistant", content }, { role: "user", content: `And ${turn}?` });
    }
    await pair.close();
  });

  test("has nothing of answers that stand alone: its prompt is the same whatever ran before", async () => {
    // A vocabulary that has most characters twice, so that a text reads back as other tokens.
    const pair = await openPair({ ...fakeOptions, target: "fake:seed=3,end=-1000,vocab=197" });
    const question: ChatMessage = { role: "user", content: "Hello." };
    const reusedAfter = async (standalone: boolean) => {
      const first = { ...plain, standalone, maxTokens: 8 };
      const chat = (messages: ChatMessage[]) => ({ type: "chat", messages }) as const;
      const events = await collect(pair, { ...first, prompt: chat([question]) });
      const content = events
        .flatMap((event) => ("emitted" in event ? event.emitted : []))
        .map(({ text }) => text)
        .join("");
      const prompt = chat([question, { role: "assistant", content }, question]);
      const [prefill] = prefillsOf(await collect(pair, { ...first, prompt }), "target").slice(-1);
      return prefill?.reused ?? 0;
    };
    const alone = await reusedAfter(true);
    expect(await reusedAfter(false)).toBeGreaterThan(alone);
    await pair.close();
  });

  test("counts the tokens of a prompt, also of one that does not fit", async () => {
    const pair = await open();
    const text = "x".repeat(1000);
    expect(await pair.countTokens({ type: "text", text })).toBe(1001);
    expect(await pair.countTokens({ type: "text", text: "x", begun: [5, 6] })).toBe(4);
    await pair.close();
  });

  test("goes on with an answer that was begun as if it had never stopped", async () => {
    const pair = await open();
    const whole = tokensOf(await collect(pair, speculative));
    const begun = whole.slice(0, 15);
    const prompt = { ...speculative.prompt, begun };
    const rest = await collect(pair, { ...speculative, prompt, maxTokens: 25 });
    expect([...begun, ...tokensOf(rest)]).toEqual(whole);
    await pair.close();
  });
});
