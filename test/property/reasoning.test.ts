import fc from "fast-check";
import { expect, test } from "vitest";
import { emittedIn, type GenerateEvent } from "../../src/decoding/events.ts";
import { count, noCounts } from "../../src/decoding/metrics.ts";
import {
  addParts,
  noPart,
  type PartCounts,
  partBeside,
  reasoningCounts,
} from "../../src/decoding/reasoning-counts.ts";
import { openPair } from "../../src/engine/open-pair.ts";
import type { GenerateRequest } from "../../src/engine/pair.ts";
import { fakeOptions, plain } from "../unit/engine/fake-requests.ts";

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 10_000 }),
  think: fc.integer({ min: 1, max: 30 }),
  agreement: fc.constantFrom(0.6, 0.9, 1),
  maxTokens: fc.integer({ min: 1, max: 60 }),
  draftLength: fc.integer({ min: 0, max: 6 }),
  treeSize: fc.constantFrom(0, 8),
  opened: fc.boolean(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

async function runCase({ seed, think, agreement, opened, ...request }: Case) {
  const target = `fake:seed=${seed},think=${think}`;
  const draft = `${target},agreement=${agreement}`;
  const pair = await openPair({ ...fakeOptions, target, draft }, () => true);
  const prompt: GenerateRequest["prompt"] = opened
    ? { type: "text", text: "It is?\n<think>\n" }
    : { type: "chat", messages: [{ role: "user", content: "It is?" }] };
  const events: GenerateEvent[] = [];
  for await (const event of pair.generate({ ...plain, topK: 3, ...request, prompt })) {
    events.push(event);
  }
  await pair.close();
  return events;
}

/** The part of the answer, from its own passes and tokens. */
function answerOf(events: readonly GenerateEvent[], reasoning: number): PartCounts {
  let first = 0;
  let part = { ...noPart };
  for (const event of events) {
    const emitted = emittedIn(event);
    part = {
      ...part,
      tokens:
        part.tokens + Math.min(emitted.length, Math.max(0, first + emitted.length - reasoning)),
    };
    if (event.type === "round" && first >= reasoning) {
      part = addParts(part, {
        tokens: 0,
        passes: 1,
        passTokens: emitted.length,
        drafted: event.drafted.length,
        accepted: emitted.filter(({ origin }) => origin === "draft").length,
        mismatches: emitted.filter(({ origin }) => origin === "correction").length,
      });
    }
    first += emitted.length;
  }
  return part;
}

test("reasoning and answer add up to the whole, and end where the text says", async () => {
  const property = fc.asyncProperty(cases, async (given) => {
    const events = await runCase(given);
    const emitted = events.flatMap(emittedIn);
    const reasoning = reasoningCounts(events);
    const [end] = events.slice(-1);
    expect(end?.type === "done" && end.reasoning).toBe(reasoning?.tokens);
    if (reasoning === undefined) {
      // The text ended before the opening mark was whole.
      expect(given.opened).toBe(false);
      expect(emitted.length).toBeLessThan("<think>".length + 1);
      return;
    }
    const all = events.reduce(count, noCounts);
    const answer = answerOf(events, reasoning.tokens);
    expect(partBeside(all, reasoning)).toEqual(answer);
    expect(addParts(reasoning, answer)).toMatchObject({ tokens: all.tokens, passes: all.passes });
    expect(reasoning.accepted).toBeLessThanOrEqual(reasoning.drafted);
    expect(answer.accepted).toBeLessThanOrEqual(answer.drafted);
    const text = emitted.map(({ text }) => text).join("");
    const closed = text.indexOf("</think>");
    const ended = emitted.slice(0, reasoning.tokens).map(({ text }) => text);
    if (closed < 0) expect(reasoning.tokens).toBe(emitted.length);
    else expect(ended.join("")).toBe(text.slice(0, closed + "</think>".length));
  });
  await fc.assert(property, { numRuns: 60 });
});

test("how much is drafted does not change what is reasoning", async () => {
  const property = fc.asyncProperty(cases, async (given) => {
    const tokensOf = async (draftLength: number) =>
      reasoningCounts(await runCase({ ...given, draftLength }))?.tokens;
    expect(await tokensOf(given.draftLength)).toBe(await tokensOf(0));
  });
  await fc.assert(property, { numRuns: 25 });
});
