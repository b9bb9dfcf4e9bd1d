import { describe, expect, test } from "vitest";
import { acceptGreedy, exactAcceptance } from "../../../src/decoding/acceptance.ts";
import { createDistribution, type Distribution } from "../../../src/decoding/distribution.ts";
import { type Draft, emptyDraft } from "../../../src/decoding/drafter.ts";
import { topTwo } from "../../../src/decoding/logits.ts";
import type { Evaluation } from "../../../src/decoding/sequence.ts";
import { chainDraft, chosenDraft } from "../../support/drafters.ts";
import { greedy, noRandom, plainSampling } from "../../support/fake.ts";

/** Outputs whose probabilities are given, one row an output. */
function outputsOf(rows: readonly (readonly number[])[]): Evaluation {
  const logits = (i: number) => Float32Array.from(rows[i] as readonly number[], Math.log);
  return { logits, topTwo: (i) => topTwo(logits(i)) };
}

/** One-hot rows: the greedy choices in order. */
function choices(...tokens: number[]): Evaluation {
  return outputsOf(tokens.map((token) => [0, 1, 2, 3].map((id) => (id === token ? 0.7 : 0.1))));
}

function distribution(probabilities: readonly number[], ids = [...probabilities.keys()]) {
  const out = createDistribution(ids.length);
  out.ids.set(ids);
  out.probs.set(ids.map((id) => probabilities[id] as number));
  out.size = ids.length;
  return out;
}

function drawn(draft: Draft, ...distributions: Distribution[]): Draft {
  return { ...draft, distributions };
}

function scripted(...script: number[]) {
  const random = () => {
    const u = script.shift();
    if (u === undefined) throw new Error("more random numbers were asked for than expected");
    return u;
  };
  return { random, left: script };
}

describe("greedy match", () => {
  test("without a draft the target's token is a bonus", () => {
    expect(acceptGreedy(emptyDraft, choices(2), noRandom)).toMatchObject({
      path: [],
      token: 2,
      origin: "bonus",
      rejected: undefined,
    });
  });

  test("takes the whole run and a bonus", () => {
    expect(acceptGreedy(chainDraft([1, 2]), choices(1, 2, 3), noRandom)).toMatchObject({
      path: [0, 1],
      token: 3,
      origin: "bonus",
      rejected: undefined,
    });
  });

  test("stops at the first mismatch, whatever comes behind it", () => {
    expect(acceptGreedy(chainDraft([1, 0, 3]), choices(1, 2, 3, 3), noRandom)).toMatchObject({
      path: [0],
      token: 2,
      origin: "correction",
      rejected: 1,
    });
  });

  test("goes down the branch that matches", () => {
    const tree = chosenDraft([0, 1, 2, 3, 2], [-1, -1, 0, 1, 1]);
    expect(acceptGreedy(tree, choices(1, 0, 2, 0, 0, 3), noRandom)).toMatchObject({
      path: [1, 4],
      token: 3,
      origin: "bonus",
    });
  });

  test("names the first of the children that were all turned down", () => {
    const tree = chosenDraft([0, 1, 2, 3], [-1, -1, 1, 1]);
    expect(acceptGreedy(tree, choices(1, 0, 0, 0, 0), noRandom)).toMatchObject({
      path: [1],
      token: 0,
      origin: "correction",
      rejected: 2,
    });
  });

  test("tells the gap at each emitted token", () => {
    const outputs = outputsOf([
      [0.1, 0.8, 0.1],
      [0.5, 0.25, 0.25],
    ]);
    const { gaps } = acceptGreedy(chainDraft([1]), outputs, noRandom);
    expect(gaps.length).toBe(2);
    expect(gaps[0]).toBeCloseTo(Math.log(8), 5);
    expect(gaps[1]).toBeCloseTo(Math.log(2), 5);
  });

  test("is the rule at temperature 0", () => {
    expect(exactAcceptance(greedy, 4)).toBe(acceptGreedy);
  });
});

describe("rejection sampling", () => {
  const p = [0.1, 0.2, 0.3, 0.4];
  const q = [0.4, 0.4, 0.2, 0];
  const accept = exactAcceptance(plainSampling, 4);
  const rows = outputsOf([p, [0, 0, 1, 0], [0, 0, 0, 1]]);

  test("accepts token 1 below p/q = 0.5, then adds a bonus from the row behind it", () => {
    const draft = drawn(chainDraft([1]), distribution(q));
    const { random, left } = scripted(0.49, 0.5);
    expect(accept(draft, rows, random)).toMatchObject({ path: [0], token: 2, origin: "bonus" });
    expect(left).toEqual([]);
  });

  test("rejects it above, and draws from the residual 0, 0, 0.1, 0.4 by id", () => {
    const tokens = [0.19, 0.21].map((u) => {
      // Listed by falling probability and in part only, as a filtered draft has it.
      const draft = drawn(chainDraft([1]), distribution(q, [1, 0, 2]));
      const verdict = accept(draft, rows, scripted(0.51, u).random);
      expect(verdict).toMatchObject({ path: [], origin: "correction", rejected: 0, gaps: [] });
      return verdict.token;
    });
    expect(tokens).toEqual([2, 3]);
  });

  test("always accepts what the target likes better than the draft does", () => {
    const draft = drawn(chainDraft([2]), distribution(q));
    expect(accept(draft, rows, scripted(0.999, 0).random).path).toEqual([0]);
  });

  test("accepts a chosen token with the target's own probability", () => {
    const draft = chainDraft([1]);
    expect(accept(draft, rows, scripted(0.19, 0).random).path).toEqual([0]);
    // The residual is 0.125, 0, 0.375, 0.5.
    expect(accept(draft, rows, scripted(0.21, 0.49).random).token).toBe(2);
    expect(accept(draft, rows, scripted(0.21, 0.51).random).token).toBe(3);
  });

  test("tries the second child against residual and remaining q", () => {
    // After 1 is turned down p is 0, 0, 0.2, 0.8 and q is 2/3, 0, 1/3, 0: 0.2 / (1/3) = 0.6.
    const draft = drawn(chosenDraft([1, 2], [-1, -1]), distribution(q));
    expect(accept(draft, rows, scripted(0.51, 0.59, 0).random).path).toEqual([1]);
    const verdict = accept(draft, rows, scripted(0.51, 0.61, 0).random);
    expect(verdict).toMatchObject({ path: [], token: 3, rejected: 0, origin: "correction" });
  });

  test("a draft's distributions are left as they were", () => {
    const drawnFrom = distribution(q);
    const draft = drawn(chosenDraft([1, 2], [-1, -1]), drawnFrom);
    accept(draft, rows, scripted(0.51, 0.61, 0).random);
    expect([...drawnFrom.probs]).toEqual(q);
  });

  test("keeps nothing from one draft to the next", () => {
    const draft = drawn(chainDraft([1]), distribution(q));
    const once = accept(draft, rows, scripted(0.51, 0.21).random);
    accept(drawn(chainDraft([0]), distribution([1, 0, 0, 0])), rows, scripted(0.9, 0.5).random);
    expect(accept(draft, rows, scripted(0.51, 0.21).random)).toEqual(once);
  });

  test("p equal to q is always accepted", () => {
    const draft = drawn(chainDraft([0]), distribution([0.1, 0.2, 0.3, 0.4]));
    expect(accept(draft, rows, scripted(0.999_999, 0).random).path).toEqual([0]);
  });
});
