import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDistribution, probabilityOf } from "../../../src/decoding/distribution.ts";
import {
  defaultSampler,
  distributionFromLogits,
  isGreedy,
  type SamplerSettings,
} from "../../../src/decoding/sampler.ts";
import { samplers } from "../../support/arbitraries.ts";
import { naiveDistribution } from "../../support/naive-sampler.ts";

const off: SamplerSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** Logits of tokens with these probabilities, ids out of order: 2, 0, 3, 1 by falling probability. */
const logits = logitsOf([0.25, 0.1, 0.5, 0.15]);

function logitsOf(probabilities: readonly number[]): Float32Array {
  return Float32Array.from(probabilities, Math.log);
}

function probabilities(settings: Partial<SamplerSettings>, of = logits): number[] {
  const out = createDistribution(1);
  distributionFromLogits(of, { ...off, ...settings }, out);
  return [...of.keys()].map((id) => probabilityOf(out, id));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((p, id) => {
    expect(p, `token ${id}`).toBeCloseTo(expected[id] as number, 6);
  });
}

describe("worked by hand", () => {
  test("no filter: softmax", () => {
    expectClose(probabilities({}), [0.25, 0.1, 0.5, 0.15]);
  });

  test("temperature 2: square roots, renormalised", () => {
    const roots = [0.5, Math.sqrt(0.1), Math.sqrt(0.5), Math.sqrt(0.15)];
    const sum = roots.reduce((a, b) => a + b);
    expectClose(
      probabilities({ temperature: 2 }),
      roots.map((root) => root / sum),
    );
  });

  test("top-k 2 of 4", () => {
    expectClose(probabilities({ topK: 2 }), [1 / 3, 0, 2 / 3, 0]);
  });

  test("top-k on a tie at the border: the lower id", () => {
    expectClose(probabilities({ topK: 2 }, Float32Array.of(1, 5, 1, 1)), [
      1 / (1 + Math.exp(4)),
      Math.exp(4) / (1 + Math.exp(4)),
      0,
      0,
    ]);
  });

  test("top-k beyond the vocabulary keeps all", () => {
    expectClose(probabilities({ topK: 99 }), [0.25, 0.1, 0.5, 0.15]);
  });

  test("top-p 0.7 keeps the token that crosses it: 0.5, then 0.75", () => {
    expectClose(probabilities({ topP: 0.7 }), [1 / 3, 0, 2 / 3, 0]);
  });

  test("top-p 0.4 keeps one, and so does top-p 0", () => {
    expectClose(probabilities({ topP: 0.4 }), [0, 0, 1, 0]);
    expectClose(probabilities({ topP: 0 }), [0, 0, 1, 0]);
  });

  test("min-p 0.4 keeps what has 0.4 of the largest: 0.2 and more", () => {
    expectClose(probabilities({ minP: 0.4 }), [1 / 3, 0, 2 / 3, 0]);
  });

  test("min-p 0.25 is not 0.25 of everything: 0.125 and more", () => {
    expectClose(probabilities({ minP: 0.25 }), [0.25 / 0.9, 0, 0.5 / 0.9, 0.15 / 0.9]);
  });

  test("min-p 1 keeps all that tie for the largest", () => {
    expectClose(probabilities({ minP: 1 }, Float32Array.of(3, 1, 3)), [0.5, 0, 0.5]);
  });
});

describe("the order is llama.cpp's", () => {
  test("top-p counts within what top-k left: 2/3 reaches 0.6", () => {
    expectClose(probabilities({ topK: 2, topP: 0.6 }), [0, 0, 1, 0]);
  });

  test("temperature comes behind top-p: hotter logits would keep three", () => {
    const [a, b] = [Math.sqrt(0.5), Math.sqrt(0.25)];
    expectClose(probabilities({ topP: 0.7, temperature: 2 }), [b / (a + b), 0, a / (a + b), 0]);
  });

  test("temperature comes behind min-p: hotter logits would keep all", () => {
    const [a, b] = [Math.sqrt(0.5), Math.sqrt(0.25)];
    expectClose(probabilities({ minP: 0.4, temperature: 2 }), [b / (a + b), 0, a / (a + b), 0]);
  });

  test("min-p sees the largest of all, whatever top-p left", () => {
    const settings = { topP: 0.85, minP: 0.4 };
    expectClose(probabilities(settings), [1 / 3, 0, 2 / 3, 0]);
  });
});

describe("greedy", () => {
  test("temperature 0 and below leave no choice", () => {
    expect([0, -1, 0.01].map((temperature) => isGreedy({ ...off, temperature }))).toEqual([
      true,
      true,
      false,
    ]);
    expectClose(probabilities({ temperature: 0 }), [0, 0, 1, 0]);
  });

  test("the lowest id wins a tie, and NaN never does", () => {
    expectClose(probabilities({ temperature: 0 }, Float32Array.of(1, 4, 4)), [0, 1, 0]);
    const broken = Float32Array.of(Number.NaN, 1, 2);
    expectClose(probabilities({ temperature: 0 }, broken), [0, 0, 1]);
  });

  test("is the default, with llama.cpp's other filters", () => {
    expect(defaultSampler).toEqual({ temperature: 0, topK: 40, topP: 0.95, minP: 0.05 });
  });
});

test("a temperature near 0 is almost greedy and stays a number", () => {
  expectClose(probabilities({ temperature: 1e-6 }), [0, 0, 1, 0]);
});

test("tokens that never come get nothing", () => {
  const never = Float32Array.of(-Infinity, 0, 0);
  for (const settings of [{}, { topK: 3 }, { topP: 0.99 }, { minP: 0.01 }]) {
    expectClose(probabilities(settings, never), [0, 0.5, 0.5]);
  }
});

test("the nucleus of a flat vocabulary is as long as it must be", () => {
  const out = createDistribution();
  distributionFromLogits(new Float32Array(5000), { ...off, topP: 0.70009 }, out);
  expect(out.size).toBe(3501);
  expect(out.ids[3500]).toBe(3500);
});

test("agrees with the filters written by the book, on any logits", () => {
  const values = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), {
    minLength: 1,
    maxLength: 40,
  });
  const property = fc.property(values, samplers, (given, settings) => {
    const of = Float32Array.from(given);
    expectClose(probabilities(settings, of), naiveDistribution(of, settings));
  });
  fc.assert(property, { numRuns: 500 });
});
