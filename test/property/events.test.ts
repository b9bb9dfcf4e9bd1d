import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DraftController } from "../../src/decoding/control/controller.ts";
import { generate } from "../../src/decoding/generate.ts";
import type { GenerateOptions } from "../../src/decoding/generate-options.ts";
import { topTwo } from "../../src/decoding/logits.ts";
import { count, decodeMs, noCounts } from "../../src/decoding/metrics.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { DraftModelDrafter } from "../../src/drafters/draft-model.ts";
import { allShared } from "../../src/drafters/shared-tokens.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { samplers, specs, stopTextsOf, tokensOf } from "../support/arbitraries.ts";
import { generateOptions, run } from "../support/collect.ts";
import { adversaries } from "../support/drafters.ts";
import { fakePair, fakeSequence, greedy, logitsAfter } from "../support/fake.ts";

const cases = specs.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    prompt: tokensOf(spec, 40),
    sampler: fc.oneof(fc.constant(greedy), samplers),
    seed: fc.nat(),
    draftLength: fc.integer({ min: 0, max: 6 }),
    maxTokens: fc.integer({ min: 1, max: 40 }),
    stopTexts: stopTextsOf(spec),
    capacity: fc.integer({ min: 40, max: 80 }),
    tree: fc.boolean(),
  }),
);

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function runCase(
  { spec, seed, tree, capacity, ...rest }: Case,
  more: Pick<Partial<GenerateOptions>, "controller"> = {},
) {
  const pair = fakePair({ target: spec, capacity });
  const drafter = tree ? adversaries["random trees"](spec, seed) : pair.drafter;
  return run({ ...pair, ...rest, ...more, drafter, random: seededRandom(seed) });
}

describe("events", () => {
  test("come in order: prefill, first token, prefill of the draft, rounds, done", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { events } = await runCase(given);
      const letters = { prefill: "p", "first-token": "f", round: "r", done: "d" };
      const order = events.map((event) => letters[event.type]).join("");
      expect(order).toMatch(given.draftLength > 0 ? /^p+f(p+r*)?d$/ : /^p+fr*d$/);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("tell of each round what really happened", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { rounds } = await runCase(given);
      rounds.forEach(({ drafted, accepted, emitted, rejected }, i) => {
        const origins = emitted.map(({ origin }) => origin);
        const drafts = origins.filter((origin) => origin === "draft");
        expect(drafts.length).toBe(accepted);
        expect(origins.slice(0, accepted)).toEqual(drafts);
        // The path of the accepted tokens exists, and where it is wholly accepted none is rejected.
        let parents = [-1];
        for (const { token } of emitted.slice(0, accepted)) {
          parents = [...drafted.keys()].filter((node) => {
            const { parent, token: proposed } = drafted[node] as (typeof drafted)[number];
            return parents.includes(parent) && proposed === token;
          });
          expect(parents).not.toEqual([]);
        }
        const own = origins.at(accepted);
        expect(rejected !== undefined).toBe(own === "correction");
        if (own === undefined) expect(i).toBe(rounds.length - 1);
        else expect(emitted.length).toBe(accepted + 1);
        if (rejected !== undefined) {
          const turnedDown = drafted.filter(({ token }) => token === rejected.token);
          expect(turnedDown.some(({ parent }) => parents.includes(parent))).toBe(true);
        }
      });
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("add up to the counts", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { events, rounds, tokens } = await runCase(given);
      const counts = events.reduce(count, noCounts);
      expect(counts.tokens).toBe(tokens.length);
      expect(counts.passTokens).toBe(tokens.length - 1);
      expect(counts.passes).toBe(rounds.length);
      expect(counts.drafted).toBe(rounds.flatMap(({ drafted }) => drafted).length);
      expect(counts.promptTokens).toBe(given.prompt.length);
      const cutShort = rounds.at(-1)?.emitted.at(-1)?.origin === "draft" ? 1 : 0;
      expect(counts.passTokens).toBe(counts.passes + counts.accepted - cutShort);
      expect(counts.acceptedAt.reduce((a, b) => a + b, 0)).toBe(counts.accepted);
      if (!given.tree) expect(counts.draftedAt.reduce((a, b) => a + b, 0)).toBe(counts.drafted);
      const corrections = rounds.flatMap(({ emitted }) => emitted).map(({ origin }) => origin);
      expect(counts.mismatches).toBe(corrections.filter((o) => o === "correction").length);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("add up to what a controller chose, pass by pass", async () => {
    const batches = (times: readonly number[]) => times.map((ms, i) => ({ tokens: i + 1, ms }));
    const costs = fc.record({
      target: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 8 }).map(batches),
      model: fc.double({ min: 0.01, max: 3, noNaN: true }).map((stepMs) => {
        return { batches: batches([stepMs]), stepMs };
      }),
      free: fc.boolean(),
    });
    const property = fc.asyncProperty(cases, costs, async (given, measured) => {
      const controller = new DraftController(measured);
      const { events, rounds } = await runCase(given, { controller });
      const counts = events.reduce(count, noCounts);
      const plans = rounds.flatMap(({ plan }) => (plan === undefined ? [] : [plan]));
      expect(plans).toHaveLength(rounds.length);
      counts.plannedSizes.forEach((passes, size) => {
        expect(passes).toBe(plans.filter((plan) => plan.size === size).length);
      });
      expect(counts.plannedSizes.reduce((a, b) => a + b, 0)).toBe(rounds.length);
      expect(counts.probes).toBe(plans.filter(({ probe }) => probe).length);
      expect(counts.draftedSizes.reduce((a, b) => a + b, 0)).toBe(rounds.length);
      const tried = rounds.filter(
        ({ plan, drafted }) => plan?.probe === true && drafted.length === 0,
      );
      expect(tried).toEqual([]);
      rounds.forEach(({ drafted, plan }) => {
        expect(drafted.length).toBeLessThanOrEqual(plan?.size ?? 0);
      });
      const without = (await runCase(given)).events.reduce(count, noCounts);
      expect([without.plannedSizes, without.probes]).toEqual([[], 0]);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("carry at temperature 0 the target's own margin at each token", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { emitted, tokens } = await runCase({ ...given, sampler: greedy });
      emitted.forEach(({ gap }, i) => {
        const known = [...given.prompt, ...tokens.slice(0, i)];
        expect(gap).toBe(topTwo(logitsAfter(given.spec, known)).gap);
      });
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("hold the text of their tokens, no more and no less", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { tokens, text, done } = await runCase({ ...given, stopTexts: [] });
      const detokenizer = fakeVocabulary(given.spec).detokenizer([]);
      const pieces = tokens.map((token) => detokenizer.push(token));
      expect(text).toBe(pieces.join("") + detokenizer.flush());
      expect(done.reason).not.toBe("stop");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("show no stop text and nothing after one", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { text, done } = await runCase(given);
      for (const stop of given.stopTexts.filter(Boolean)) expect(text).not.toContain(stop);
      const unbounded = await runCase({ ...given, stopTexts: [] });
      if (done.reason === "stop") expect(unbounded.text.startsWith(text)).toBe(true);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("keep to the limits", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { tokens, done } = await runCase(given);
      expect(tokens.length).toBeLessThanOrEqual(given.maxTokens);
      if (done.reason === "length") expect(tokens.length).toBe(given.maxTokens);
      expect(done.reason === "eog").toBe(tokens.at(-1) === 0);
      expect(tokens.indexOf(0)).toBe(done.reason === "eog" ? tokens.length - 1 : -1);
      const full = given.capacity - given.prompt.length + 1;
      expect(tokens.length).toBeLessThanOrEqual(full);
      if (done.reason === "context") expect(tokens.length).toBe(full);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("carry times that follow from the models' own", async () => {
    const costs = fc.record({
      stepMs: fc.integer({ min: 1, max: 50 }),
      tokenMs: fc.integer({ min: 0, max: 9 }),
    });
    const property = fc.asyncProperty(cases, costs, costs, async (given, slow, quick) => {
      let now = 1000;
      const wait = (ms: number): void => {
        now += ms;
      };
      const { spec, prompt, draftLength, maxTokens, sampler, seed } = given;
      const target = fakeSequence({ ...spec, ...slow }, { wait });
      let draftMs = 0;
      const draft = fakeSequence(
        { ...spec, agreement: 0.7, ...quick },
        {
          wait: (ms) => {
            wait(ms);
            draftMs += ms;
          },
        },
      );
      const shared = allShared(spec.vocabularySize);
      const drafter = new DraftModelDrafter({ sequence: draft, shared });
      const text = fakeVocabulary(spec);
      const settings = { prompt, draftLength, maxTokens, sampler, random: seededRandom(seed) };
      const result = await run({ target, drafter, text, ...settings, clock: () => now });
      const counts = result.events.reduce(count, noCounts);
      const verifyMs = result.rounds.map(
        ({ drafted }) => slow.stepMs + slow.tokenMs * drafted.length,
      );
      expect(result.rounds.map((round) => round.verifyMs)).toEqual(verifyMs);
      expect(counts.overheadMs).toBe(0);
      expect(counts.prefillMs + decodeMs(counts)).toBe(now - 1000);
      expect(counts.draftMs + counts.prefillMs - counts.firstTokenMs).toBe(draftMs);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("count the time that the reader takes between rounds as overhead", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, seed, ...rest }) => {
      let now = 0;
      const pair = fakePair({ target: spec });
      const random = seededRandom(seed);
      const options = generateOptions({ ...pair, ...rest, random, clock: () => now });
      const overheads: number[] = [];
      for await (const event of generate(options)) {
        now += 7;
        if (event.type === "round") overheads.push(event.overheadMs);
      }
      expect(overheads).toEqual(overheads.map((_, i) => (i === 0 ? 0 : 7)));
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
