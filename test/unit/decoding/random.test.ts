import { expect, test } from "vitest";
import { seededRandom, shuffled } from "../../../src/decoding/random.ts";

/** Computed by a separate sfc32 in another language. */
test.each([
  [42, [1518397874, 271658881, 2061353271, 1466074086]],
  [-1, [3084069354, 1751159752]],
  [0, [1553841669, 3822136429]],
])("seed %d gives the draws it always gave", (seed, draws) => {
  const random = seededRandom(seed);
  expect(draws.map(() => random() * 2 ** 32)).toEqual(draws);
});

test("draws lie in [0, 1) and fill it evenly", () => {
  const random = seededRandom(7);
  const cells = new Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const u = random();
    expect(u >= 0 && u < 1).toBe(true);
    cells[Math.floor(u * 10)] = (cells[Math.floor(u * 10)] as number) + 1;
  }
  for (const cell of cells) expect(Math.abs(cell - 2000)).toBeLessThan(200);
});

test("neighbouring seeds have nothing in common", () => {
  const first = Array.from({ length: 100 }, (_, seed) => seededRandom(seed)());
  expect(new Set(first).size).toBe(100);
  const mean = first.reduce((a, b) => a + b) / 100;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
});

test("shuffled leaves its input alone", () => {
  const items = ["a", "b", "c"];
  const result = shuffled(items, seededRandom(3));
  expect(items).toEqual(["a", "b", "c"]);
  expect(result.toSorted()).toEqual(items);
});

test("every order is equally likely", () => {
  // Twelfths meet every border of the draws among 4, 3 and 2.
  const twelfths = Array.from({ length: 12 }, (_, i) => (i + 0.5) / 12);
  const times = new Map<string, number>();
  for (const a of twelfths) {
    for (const b of twelfths) {
      for (const c of twelfths) {
        const script = [a, b, c];
        const order = shuffled([1, 2, 3, 4], () => script.shift() as number).join("");
        times.set(order, (times.get(order) ?? 0) + 1);
      }
    }
  }
  expect([...times.values()]).toEqual(new Array(24).fill(12 ** 3 / 24));
});

test("shuffles of nothing and of one need no chance", () => {
  expect(shuffled([], Math.random)).toEqual([]);
  expect(shuffled(["a"], Math.random)).toEqual(["a"]);
});
