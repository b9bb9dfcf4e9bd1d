import { describe, expect, test } from "vitest";
import type { GenerateEvent, Origin, RoundEvent } from "../../../src/decoding/events.ts";
import {
  addCounts,
  conditionalAcceptance,
  count,
  decodeMs,
  deviationRate,
  draftAcceptanceRate,
  meanAcceptanceLength,
  meanDraftedSize,
  noCounts,
  perTokenAcceptance,
  positionAcceptance,
  tokensPerSecond,
} from "../../../src/decoding/metrics.ts";

interface RoundFigures {
  readonly parents: readonly number[];
  readonly accepted: number;
  /** The target's own token; left out where the text ended inside the run. */
  readonly own?: Exclude<Origin, "draft">;
  readonly ms: readonly [draft: number, verify: number, overhead: number];
}

function round({ parents, accepted, own, ms }: RoundFigures): RoundEvent {
  const token = { token: 5, text: "x" };
  const origins = [...new Array<Origin>(accepted).fill("draft"), ...(own ? [own] : [])];
  return {
    type: "round",
    drafted: parents.map((parent) => ({ token: 5, parent, q: 0.5 })),
    accepted,
    deviations: 0,
    ...(own === "correction" && { rejected: { ...token, q: 0.5 } }),
    emitted: origins.map((origin) => ({ ...token, origin })),
    draftMs: ms[0],
    verifyMs: ms[1],
    overheadMs: ms[2],
    contextTokens: 0,
  };
}

const chain4 = [-1, 0, 1, 2];
const chain2 = [-1, 0];

const events: readonly GenerateEvent[] = [
  { type: "prefill", model: "target", done: 5, total: 7, reused: 2, ms: 40 },
  { type: "prefill", model: "target", done: 7, total: 7, reused: 2, ms: 60 },
  { type: "first-token", emitted: [{ token: 5, text: "x", origin: "bonus" }], ms: 70 },
  { type: "prefill", model: "draft", done: 4, total: 7, reused: 0, ms: 15 },
  { type: "prefill", model: "draft", done: 7, total: 7, reused: 0, ms: 20 },
  round({ parents: chain4, accepted: 2, own: "correction", ms: [8, 12, 1] }),
  round({ parents: chain4, accepted: 4, own: "bonus", ms: [8, 20, 1] }),
  round({ parents: chain4, accepted: 0, own: "correction", ms: [8, 11, 1] }),
  // The text ends behind the first drafted token; the second was never tested.
  round({ parents: chain2, accepted: 1, ms: [4, 5, 1] }),
  { type: "done", reason: "stop", text: "" },
];

const counts = events.reduce(count, noCounts);

describe("a generation worked by hand", () => {
  test("tokens: 1 + 3 + 5 + 1 + 1, in 4 passes after the first", () => {
    expect(counts).toMatchObject({ tokens: 11, passTokens: 10, passes: 4 });
  });

  test("draft acceptance rate: 7 of 14 drafted", () => {
    expect(counts).toMatchObject({ drafted: 14, accepted: 7 });
    expect(draftAcceptanceRate(counts)).toBe(0.5);
  });

  test("α: 7 accepted and 2 first mismatches were tested", () => {
    expect(counts.mismatches).toBe(2);
    expect(perTokenAcceptance(counts)).toBe(7 / 9);
  });

  test("τ: 10 tokens in 4 passes", () => {
    expect(meanAcceptanceLength(counts)).toBe(2.5);
  });

  test("acceptance by position: of those passes that drafted so far", () => {
    expect(counts.draftedAt).toEqual([4, 4, 3, 3]);
    expect(counts.acceptedAt).toEqual([3, 2, 1, 1]);
    expect(positionAcceptance(counts)).toEqual([3 / 4, 2 / 4, 1 / 3, 1 / 3]);
  });

  test("conditional acceptance: of those passes that tested it", () => {
    expect(counts.testedAt).toEqual([4, 2, 2, 1]);
    expect(conditionalAcceptance(counts)).toEqual([3 / 4, 2 / 2, 1 / 2, 1 / 1]);
  });

  test("times: 10 tokens after the first in 80 ms", () => {
    expect(counts).toMatchObject({ draftMs: 28, verifyMs: 48, overheadMs: 4 });
    expect(decodeMs(counts)).toBe(80);
    expect(tokensPerSecond(counts)).toBe(125);
  });

  test("the prefill: of 7 prompt tokens 2 were there, 70 ms to the first token, 90 in all", () => {
    const expected = { promptTokens: 7, reusedTokens: 2, firstTokenMs: 70, prefillMs: 90 };
    expect(counts).toMatchObject(expected);
  });
});

test("a tree counts by its depth: 5 nodes, 3 in a row at most", () => {
  const tree = round({ parents: [-1, -1, 0, 1, 3], accepted: 2, own: "correction", ms: [1, 1, 1] });
  const one = count(noCounts, tree);
  expect(one.drafted).toBe(5);
  expect(one.draftedAt).toEqual([1, 1, 1]);
  expect(positionAcceptance(one)).toEqual([1, 1, 0]);
});

test("plain decoding has no rates, and one token a pass", () => {
  const plain = count(noCounts, round({ parents: [], accepted: 0, own: "bonus", ms: [0, 9, 1] }));
  expect(draftAcceptanceRate(plain)).toBeNaN();
  expect(perTokenAcceptance(plain)).toBeNaN();
  expect(positionAcceptance(plain)).toEqual([]);
  expect(meanAcceptanceLength(plain)).toBe(1);
  expect(tokensPerSecond(plain)).toBe(100);
});

test("a controller's choices, and what was drafted: 0, 3 and 2 tokens, one of them to learn", () => {
  const passOf = (size: number, parents: readonly number[], probe = false): RoundEvent => ({
    ...round({ parents, accepted: 0, own: "bonus", ms: [0, 9, 1] }),
    plan: { size, probe },
  });
  const chosen = [passOf(0, []), passOf(3, [-1, 0, 1]), passOf(3, [-1, 0], true)];
  const counted = chosen.reduce(count, noCounts);
  expect(counted).toMatchObject({ plannedSizes: [1, 0, 0, 2], probes: 1 });
  expect(counted.draftedSizes).toEqual([1, 0, 1, 1]);
  expect(meanDraftedSize(counted)).toBe(5 / 3);
  expect(meanDraftedSize(noCounts)).toBeNaN();
});

test("batches of a model: the first by what it read, then its steps and levels", () => {
  const passOf = (modelBatches: readonly number[]): RoundEvent => ({
    ...round({ parents: [], accepted: 0, own: "bonus", ms: [0, 9, 1] }),
    modelBatches,
  });
  const counted = [passOf([1, 1, 1]), passOf([5]), passOf([1, 3])].reduce(count, noCounts);
  expect(counted.modelReads).toEqual([0, 2, 0, 0, 0, 1]);
  expect(counted.modelBatches).toEqual([0, 2, 0, 1]);
});

test("deviations: 3 of the 10 tokens of passes", () => {
  expect(deviationRate({ ...counts, deviations: 3 })).toBe(0.3);
});

test("nothing has no rates at all", () => {
  expect(tokensPerSecond(noCounts)).toBeNaN();
  expect(meanAcceptanceLength(noCounts)).toBeNaN();
});

test("counting on and adding up are the same", () => {
  expect([...events, ...events].reduce(count, noCounts)).toEqual(addCounts(counts, counts));
  expect(addCounts(counts, noCounts)).toEqual(counts);
  const short = round({ parents: [-1], accepted: 1, own: "bonus", ms: [1, 2, 3] });
  const [a, b] = [counts, count(noCounts, short)];
  expect(addCounts(b, a)).toEqual(count(a, short));
});
