import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TensorRows } from "../../../../src/engine/heads/rows.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** Rows of 32 behind some other bytes, and of each the numbers that are expected. */
function rowsOf(type: number, rows: readonly Uint8Array[]): TensorRows {
  const path = join(temporaryFolder(), "rows");
  writeFileSync(path, Buffer.concat([Buffer.alloc(64, 7), ...rows]));
  return new TensorRows(path, {
    ...{ name: "token_embd.weight", type, fileOffset: 64 },
    dimensions: [32, rows.length],
  });
}

const thirtyTwo = (of: (i: number) => number) => Float32Array.from({ length: 32 }, (_, i) => of(i));

test("rows of F32", () => {
  const numbers = [0, 1].map((row) => thirtyTwo((i) => row * 100 + i / 3));
  const rows = rowsOf(
    0,
    numbers.map(({ buffer }) => new Uint8Array(buffer)),
  );
  expect(Float32Array.from(rows.at(1))).toEqual(numbers[1]);
  expect(Float32Array.from(rows.at(0))).toEqual(numbers[0]);
});

test("rows of F16, the smallest and the largest numbers included", () => {
  const halves = new Uint16Array(32);
  halves.set([0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000, 0x7c00]);
  const row = rowsOf(1, [new Uint8Array(halves.buffer)]).at(0);
  expect(row[0]).toBe(1);
  expect(row[1]).toBe(-2);
  expect(row[2]).toBe(1365 / 4096);
  expect(row[3]).toBe(2 ** -24);
  expect(row[4]).toBe(65504);
  expect(row[5]).toBe(-0);
  expect(row[6]).toBe(Number.POSITIVE_INFINITY);
});

test("rows of Q8_0: a scale, then 32 bytes", () => {
  // 0.5 as a half.
  const block = Uint8Array.of(0x00, 0x38, ...Array.from({ length: 32 }, (_, i) => (i - 16) & 255));
  const rows = rowsOf(8, [new Uint8Array(34), block]);
  expect(Float32Array.from(rows.at(1))).toEqual(thirtyTwo((i) => (i - 16) / 2));
});

test("rows of Q4_0: a scale, then the first half in the low bits and the second in the high ones", () => {
  // −2 as a half; low bits 0 … 15, high bits 15 … 0.
  const bytes = Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4));
  const rows = rowsOf(2, [new Uint8Array(18), Uint8Array.of(0x00, 0xc0, ...bytes)]);
  const expected = (i: number) => -2 * ((i < 16 ? i : 31 - i) - 8);
  expect(Float32Array.from(rows.at(1))).toEqual(thirtyTwo(expected));
});
