import { expect, test } from "vitest";
import { seededRandom } from "../../../src/decoding/random.ts";
import { typicalAcceptance } from "../../../src/decoding/typical-acceptance.ts";
import { chosenDraft } from "../../support/drafters.ts";
import { noRandom, plainSampling } from "../../support/fake.ts";
import { integrate } from "../../support/integrate.ts";

/** Logits whose softmax is the given probabilities. */
function rows(...probabilities: number[][]) {
  const logits = (i: number) => Float32Array.from(probabilities[i] as number[], Math.log);
  const topTwo = () => {
    throw new Error("greedy choices are not asked for");
  };
  return { logits, topTwo };
}

// H = 1.028 nats, so δ·exp(−H) = 0.107 and the threshold is ε = 0.09.
const p = [0.6, 0.2, 0.12, 0.08];
const settings = { epsilon: 0.09, delta: 0.3 };
const typical = typicalAcceptance(plainSampling, settings, 4);
const half = () => 0.5;

test("takes the likeliest child above the threshold, whatever the draft thinks", () => {
  const draft = chosenDraft([2, 1, 3], [-1, -1, -1]);
  const { path, origin } = typical(draft, rows(p, p, p, p), half);
  expect(path).toEqual([1]);
  expect(origin).toBe("bonus");
});

test("a flat distribution lowers the threshold by its entropy", () => {
  const flat = Array.from({ length: 50 }, () => 1 / 50);
  // δ·exp(−ln 50) = 0.006, below the 0.02 of every token.
  const rule = typicalAcceptance(plainSampling, settings, 50);
  expect(rule(chosenDraft([7], [-1]), rows(flat, flat), half).path).toEqual([0]);
});

test("where no child is typical the token is distributed as the target's", () => {
  const draft = chosenDraft([3], [-1]);
  const { logits, topTwo } = rows(p, [1, 0, 0, 0]);
  const outcomes = integrate((random, trace) => {
    const traced = (i: number) => {
      trace(`output ${i}`);
      return logits(i);
    };
    const verdict = typical(draft, { logits: traced, topTwo }, random);
    return verdict.path.length > 0 ? 3 : verdict.token;
  });
  const total = [0, 0, 0, 0];
  for (const { result, probability } of outcomes) {
    total[result] = (total[result] as number) + probability;
  }
  total.forEach((probability, token) => {
    expect(probability).toBeCloseTo(p[token] as number, 6);
  });
});

test("names the nodes that the exact rule would not have chosen", () => {
  const random = seededRandom(5);
  let deviating = 0;
  const runs = 4000;
  for (let i = 0; i < runs; i++) {
    // The exact rule takes the chosen token 1 with its probability of 0.2.
    deviating += typical(chosenDraft([1], [-1]), rows(p, p), random).deviating.length;
  }
  expect(deviating / runs).toBeCloseTo(0.8, 1);
});

test("follows a path down, and adds a token of the target's own", () => {
  const draft = chosenDraft([1, 0], [-1, 0]);
  const certain = [0, 0, 1, 0];
  const { path, token } = typical(draft, rows(p, p, certain), half);
  expect(path).toEqual([0, 1]);
  expect(token).toBe(2);
});

test("without a draft it samples", () => {
  expect(typical(chosenDraft([], []), rows([0, 1, 0, 0]), half).token).toBe(1);
  expect(() => typical(chosenDraft([], []), rows(p), noRandom)).toThrow("random");
});
