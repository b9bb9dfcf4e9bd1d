import fc from "fast-check";
import { expect, test } from "vitest";
import { float16Bits, fromFloat16Bits, toFloat16 } from "../../src/float16.ts";

test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65520, 0x7c00],
  [Infinity, 0x7c00],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [1.5 * 2 ** -24, 0x0002],
  [2 ** -14, 0x0400],
  // Ties go to the even neighbour.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [1 / 3, 0x3555],
])("%d is 0x%s in half precision", (value, bits) => {
  expect(float16Bits(value)).toBe(bits);
});

test("every half comes back as itself", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16Bits(bits);
    if (!Number.isNaN(value)) expect(float16Bits(value)).toBe(bits);
  }
  expect(fromFloat16Bits(float16Bits(Number.NaN))).toBeNaN();
});

test("no other half is nearer", () => {
  fc.assert(
    fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
      const bits = float16Bits(value);
      const error = Math.abs(fromFloat16Bits(bits) - value);
      for (const neighbour of [bits - 1, bits + 1]) {
        const other = fromFloat16Bits(neighbour & 0xffff);
        if (Number.isFinite(other)) expect(Math.abs(other - value)).toBeGreaterThanOrEqual(error);
      }
    }),
  );
});

test("a row goes where it is told", () => {
  const out = new Uint16Array(4);
  toFloat16([1, -2], out, 1);
  expect([...out]).toEqual([0, 0x3c00, 0xc000, 0]);
});
