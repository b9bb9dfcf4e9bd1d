import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/decoding/drafter.ts";
import type { GenerateEvent } from "../../src/decoding/events.ts";
import { generate } from "../../src/decoding/generate.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { samplers, specs, tokensOf } from "../support/arbitraries.ts";
import { emittedIn, generateOptions, run, substance, takeApart } from "../support/collect.ts";
import { adversaries } from "../support/drafters.ts";
import { type FakePair, fakePair, fakeSpec, greedy } from "../support/fake.ts";

interface Session {
  readonly spec: FakeModelSpec;
  readonly agreement: number;
  readonly capacity: number;
  readonly draftCapacity: number;
}

interface Turn {
  readonly prompt: readonly number[];
  readonly sampler: SamplerSettings;
  readonly seed: number;
  readonly draftLength: number;
  readonly topK: number;
  readonly treeSize: number;
  readonly pMin: number;
  readonly maxTokens: number;
  readonly stopTexts: readonly string[];
}

function turnsOf(spec: FakeModelSpec): fc.Arbitrary<Turn> {
  const turns = fc.record({
    prompt: tokensOf(spec, 40),
    sampler: fc.oneof(fc.constant(greedy), samplers),
    seed: fc.nat(),
    draftLength: fc.integer({ min: 0, max: 6 }),
    topK: fc.integer({ min: 0, max: 3 }),
    // Drafted tokens beyond the depth; NaN for a chain.
    wider: fc.constantFrom(Number.NaN, 0, 1, 4, 9),
    pMin: fc.constantFrom(0, 0, 0.1, 0.5),
    maxTokens: fc.integer({ min: 1, max: 30 }),
    stopTexts: fc.constantFrom([], ["!"], ['"#', "é"]),
  });
  return turns.map(({ wider, ...turn }) => ({
    ...turn,
    treeSize: Number.isNaN(wider) ? 0 : turn.draftLength + wider,
  }));
}

const cases = specs.chain((spec) =>
  fc.record({
    session: fc.record({
      spec: fc.constant(spec),
      agreement: fc.constantFrom(0, 0.6, 0.9, 1),
      capacity: fc.integer({ min: 80, max: 130 }),
      draftCapacity: fc.integer({ min: 80, max: 130 }),
    }),
    turn: turnsOf(spec),
    next: turnsOf(spec),
    leaveAt: fc.nat(20),
    how: fc.constantFrom("break", "signal"),
    // The next prompt: another text, the same one, or a conversation that goes on.
    follows: fc.constantFrom("another", "same", "longer"),
  }),
);

function open({ spec, ...rest }: Session): FakePair {
  return fakePair({ target: spec, ...rest });
}

function optionsOf(pair: FakePair, { seed, ...turn }: Turn) {
  return generateOptions({ ...pair, ...turn, random: seededRandom(seed) });
}

/** Runs a turn up to its n-th event, or to its end where it is shorter; then leaves it. */
async function leave(pair: FakePair, turn: Turn, at: number, how: string) {
  const events: GenerateEvent[] = [];
  const controller = new AbortController();
  const options = { ...optionsOf(pair, turn), signal: controller.signal };
  for await (const event of generate(options)) {
    events.push(event);
    if (events.length <= at) continue;
    if (how === "break") break;
    controller.abort();
  }
  return events;
}

function tokensIn(events: readonly GenerateEvent[]): number[] {
  return events.flatMap(emittedIn).map(({ token }) => token);
}

/** A draft without what its reused arrays hold beyond their ends. */
function valid({ distributions, ...rest }: Draft) {
  const listed = distributions.map(
    (from) => from && { ids: from.ids.slice(0, from.size), probs: from.probs.slice(0, from.size) },
  );
  return { ...rest, listed };
}

describe("caches", () => {
  test("after every event the target's holds the prompt and all emitted but the last", async () => {
    const property = fc.asyncProperty(cases, async ({ session, turn }) => {
      const pair = open(session);
      const emitted: number[] = [];
      for await (const event of generate(optionsOf(pair, turn))) {
        emitted.push(...emittedIn(event).map(({ token }) => token));
        const text = [...turn.prompt, ...emitted.slice(0, -1)];
        const inPrefill = event.type === "prefill" && event.model === "target";
        const held = inPrefill ? turn.prompt.slice(0, event.done) : text;
        expect(pair.target.tokens).toEqual(held);
        if (event.type === "round") expect(event.contextTokens).toBe(held.length);
        const whole = [...turn.prompt, ...emitted];
        expect(pair.draft.tokens).toEqual(whole.slice(0, pair.draft.tokens.length));
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("after every round of a tree too", async () => {
    const property = fc.asyncProperty(cases, fc.nat(), async ({ session, turn }, seed) => {
      const { target, text } = open(session);
      const drafter = adversaries["random trees"](session.spec, seed);
      const emitted: number[] = [];
      const options = { ...turn, target, text, drafter, random: seededRandom(turn.seed) };
      for await (const event of generate(generateOptions(options))) {
        emitted.push(...emittedIn(event).map(({ token }) => token));
        if (event.type === "prefill") continue;
        expect(target.tokens).toEqual([...turn.prompt, ...emitted.slice(0, -1)]);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("a draft model left at any event proposes what a fresh one would", async () => {
    const property = fc.asyncProperty(cases, async ({ session, turn, leaveAt }) => {
      const pair = open(session);
      const treeSize = turn.treeSize === 0 ? 0 : turn.treeSize + 1;
      const drafting = { ...turn, draftLength: turn.draftLength + 1, treeSize };
      const events = await leave(pair, drafting, leaveAt, "break");
      const last = events.at(-1);
      // A run that ends on a drafted token is over: nothing is proposed behind it.
      if (last?.type !== "round" || last.emitted.at(-1)?.origin === "draft") return;
      const text = [...turn.prompt, ...tokensIn(events)];
      const fresh = open(session);
      for await (const _ of fresh.drafter.begin(text.slice(0, -1)));
      await fresh.drafter.observe({ emitted: text.slice(-1), path: [] });
      const request = {
        maxLength: 4,
        maxSize: 4 + turn.treeSize,
        tree: turn.treeSize > 0,
        pMin: turn.pMin,
        pGrow: turn.pMin,
        topK: turn.topK,
        sampler: turn.sampler,
        isEog: pair.text.isEog,
      };
      const proposal = await pair.drafter.propose({ ...request, random: seededRandom(1) });
      const wanted = await fresh.drafter.propose({ ...request, random: seededRandom(1) });
      // A fresh one has less in its first batch: it was shown the text before.
      const { batches: _, ...proposed } = valid(proposal);
      const { batches: __, ...freshly } = valid(wanted);
      expect(proposed).toEqual(freshly);
      expect(pair.draft.tokens).toEqual(fresh.draft.tokens);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

describe("a session that was left at any event", () => {
  test("gives next what a fresh session gives", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { session, turn, next, leaveAt, how, follows } = given;
      const pair = open(session);
      const events = await leave(pair, turn, leaveAt, how);
      const prompts = {
        another: next.prompt,
        same: turn.prompt,
        longer: [...turn.prompt, ...tokensIn(events), ...next.prompt].slice(0, 75),
      };
      const then = { ...next, prompt: prompts[follows] };
      const fresh = await run(optionsOf(open(session), then));
      expect(substance(await run(optionsOf(pair, then)))).toEqual(substance(fresh));
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("emitted, up to there, what it would have emitted anyway", async () => {
    const property = fc.asyncProperty(cases, async ({ session, turn, leaveAt, how }) => {
      const events = await leave(open(session), turn, leaveAt, how);
      const whole = await run(optionsOf(open(session), turn));
      const tokens = tokensIn(events);
      expect(tokens).toEqual(whole.tokens.slice(0, tokens.length));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("ends by a signal within one more event, and says so", async () => {
    const property = fc.asyncProperty(cases, async ({ session, turn, leaveAt }) => {
      const events = await leave(open(session), turn, leaveAt, "signal");
      const whole = await run(optionsOf(open(session), turn));
      const { done } = takeApart(events);
      if (leaveAt >= whole.events.length - 2) {
        expect(events.length).toBe(whole.events.length);
        return;
      }
      expect(events.length).toBe(leaveAt + 2);
      expect(done.reason).toBe("aborted");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("ends before the first token when the signal came before the call", async () => {
    const pair = fakePair({ target: fakeSpec() });
    const { tokens, done } = await run({ ...pair, prompt: [1, 2], signal: AbortSignal.abort() });
    expect(tokens).toEqual([]);
    expect(done).toEqual({ type: "done", reason: "aborted", text: "" });
  });
});
