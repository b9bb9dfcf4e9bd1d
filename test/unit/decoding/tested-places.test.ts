import { describe, expect, test } from "vitest";
import { exactAcceptance, type Verdict } from "../../../src/decoding/acceptance.ts";
import { createDistribution, type Distribution } from "../../../src/decoding/distribution.ts";
import type { Draft } from "../../../src/decoding/drafter.ts";
import { topTwo } from "../../../src/decoding/logits.ts";
import type { Evaluation } from "../../../src/decoding/sequence.ts";
import { testedPlaces } from "../../../src/decoding/tested-places.ts";
import { chainDraft, chosenDraft } from "../../support/drafters.ts";
import { plainSampling } from "../../support/fake.ts";
import { integrate } from "../../support/integrate.ts";

const p = [0.5, 0.3, 0.2];
const q = distribution([0.2, 0.5, 0.3]);

function distribution(probabilities: readonly number[]): Distribution {
  const out = createDistribution(probabilities.length);
  out.probs.set(probabilities);
  out.ids.set([...probabilities.keys()]);
  out.size = probabilities.length;
  return out;
}

function outputsOf(...rows: readonly (readonly number[])[]): Evaluation {
  const logits = (i: number) => Float32Array.from(rows[i] as readonly number[], Math.log);
  return { logits, topTwo: (i) => topTwo(logits(i)) };
}

function placesOf(draft: Draft, verdict: Pick<Verdict, "path" | "token">) {
  const whole: Verdict = {
    ...{ origin: "correction", rejected: undefined, gaps: [], deviating: [] },
    ...verdict,
  };
  return testedPlaces(draft, outputsOf(p, p, p, p), whole, plainSampling);
}

const close = (value: number) => expect.closeTo(value, 6);
const share = (below: number, own: number) => ({ below: close(below), own: close(own) });

describe("a chain that was drawn", () => {
  const chain = { ...chainDraft([1, 0]), distributions: [q, q] };

  test("has a place for each tested token, and none for a bonus", () => {
    // p/q is 0.6 for token 1, 2/3 for token 2 and 2.5 for token 0: they lie in that order.
    expect(placesOf(chain, { path: [0, 1], token: 2 })).toEqual([
      {
        drafted: [{ acceptance: close(0.6), accepted: true, drawn: share(0, 0.5) }],
        chosen: share(0, 0.3),
      },
      {
        drafted: [{ acceptance: 1, accepted: true, drawn: share(0.8, 0.2) }],
        chosen: share(0.5, 0.5),
      },
    ]);
  });

  test("ends at the first rejection, with the target's own token", () => {
    expect(placesOf(chain, { path: [], token: 2 })).toEqual([
      {
        drafted: [{ acceptance: close(0.6), accepted: false, drawn: share(0, 0.5) }],
        chosen: share(0.3, 0.2),
      },
    ]);
  });

  test("shows a token that cannot occur", () => {
    expect(placesOf(chain, { path: [], token: 3 })[0]?.chosen.own).toBe(0);
  });
});

describe("a tree", () => {
  test("tests further children against what is left of p and q", () => {
    const tree = { ...chosenDraft([1, 2, 0], [-1, -1, -1]), distributions: [q] };
    // Left of p is token 0 alone; left of q are 0.6 for token 2 and 0.4 for token 0, then token 0.
    expect(placesOf(tree, { path: [2], token: 1 })[0]?.drafted).toEqual([
      { acceptance: close(0.6), accepted: false, drawn: share(0, 0.5) },
      { acceptance: close(0), accepted: false, drawn: share(0, 0.6) },
      { acceptance: 1, accepted: true, drawn: share(0, 1) },
    ]);
  });

  test("of chosen tokens has no q; they come first in the target's distribution", () => {
    const tree = chosenDraft([2, 1], [-1, -1]);
    expect(placesOf(tree, { path: [1], token: 0 })).toEqual([
      {
        drafted: [
          { acceptance: close(0.2), accepted: false },
          { acceptance: close(0.375), accepted: true },
        ],
        chosen: share(0.2, 0.3),
      },
    ]);
    expect(placesOf(tree, { path: [], token: 0 })[0]?.chosen).toEqual(share(0.5, 0.5));
  });
});

test.each([
  ["drawn", { ...chosenDraft([1, 2], [-1, -1]), distributions: [distribution([0.2, 0.4, 0.4])] }],
  ["chosen", chosenDraft([0, 2], [-1, -1])],
])("the exact rule accepts %s tokens with the reported probabilities", (_, draft) => {
  const outputs = outputsOf([0.6, 0.1, 0.3], p, p);
  const rule = exactAcceptance(plainSampling, 3);
  const outcomes = integrate((random, trace) => {
    const traced = (i: number) => {
      trace(`output ${i}`);
      return outputs.logits(i);
    };
    return rule(draft, { ...outputs, logits: traced }, random);
  });
  const chanceOf = (node: number | undefined) =>
    outcomes
      .filter(({ result }) => result.path[0] === node)
      .reduce((sum, { probability }) => sum + probability, 0);
  const none = outcomes.find(({ result }) => result.path.length === 0)?.result as Verdict;
  const [place] = testedPlaces(draft, outputs, none, plainSampling);
  const [first, second] = place?.drafted ?? [];
  expect(chanceOf(0)).toBeCloseTo(first?.acceptance ?? -1, 5);
  expect(chanceOf(1) / (1 - chanceOf(0))).toBeCloseTo(second?.acceptance ?? -1, 5);
  expect(chanceOf(undefined)).toBeGreaterThan(0);
});
