import { expect, test } from "vitest";
import { argmax } from "../../../src/decoding/logits.ts";
import { fakeSpec, logitsAfter } from "../../support/fake.ts";

const contexts = Array.from({ length: 400 }, (_, i) => [i % 7, 2 + (i % 11), i % 13]);
const spec = fakeSpec({ vocabularySize: 20 });

function choices(of: typeof spec): number[] {
  return contexts.map((context) => argmax(logitsAfter(of, context)));
}

function shareOfEqual(a: readonly number[], b: readonly number[]): number {
  return a.filter((token, i) => token === b[i]).length / a.length;
}

test("the same seed speaks the same language, bit by bit", () => {
  for (const context of contexts) {
    expect(logitsAfter(spec, context)).toEqual(logitsAfter({ ...spec }, context));
  }
});

test("another seed speaks another one", () => {
  expect(shareOfEqual(choices(spec), choices({ ...spec, seed: 2 }))).toBeLessThan(0.2);
});

test("agreement 1 is the target itself, 0 is another language, and between lies between", () => {
  const target = choices(spec);
  const shares = [0, 0.5, 0.8, 1].map((agreement) =>
    shareOfEqual(target, choices({ ...spec, agreement })),
  );
  expect(shares[0]).toBeLessThan(0.2);
  expect(shares[1]).toBeGreaterThan(shares[0] as number);
  expect(shares[2]).toBeGreaterThan(shares[1] as number);
  expect(shares[2]).toBeLessThan(1);
  expect(shares[3]).toBe(1);
});

test("a text begins once, and its end is as likely as it is made", () => {
  const rows = contexts.map((context) => logitsAfter(spec, context));
  for (const row of rows) expect(row[1]).toBeLessThan(Math.min(...row.filter((_, i) => i !== 1)));
  const ends = (endBias: number) => choices({ ...spec, endBias }).filter((t) => t === 0).length;
  expect(ends(-20)).toBe(0);
  expect(ends(3)).toBeGreaterThan(ends(-1));
});

test("sharper is more certain", () => {
  const spread = (sharpness: number) => {
    const row = [...logitsAfter({ ...spec, sharpness }, [2, 3])].slice(2);
    return Math.max(...row) - Math.min(...row);
  };
  expect(spread(4)).toBeCloseTo(2 * spread(2), 4);
});
