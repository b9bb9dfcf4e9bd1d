import fc from "fast-check";
import { expect, test } from "vitest";
import { benchRows } from "../../src/ui/bench-rows.ts";
import { rowWidth, textOf } from "../../src/ui/row.ts";
import { benchViewWith, settingWith } from "../support/bench-views.ts";

const many = Array.from({ length: 40 }, (_, i) => settingWith(`draft length ${i + 1}`));

function screen(columns: number, rows: number): string[] {
  return benchRows(benchViewWith({ rows: many }), { columns, rows }).map(textOf);
}

test("of many settings the first are shown, and how many there are beside them", () => {
  const rows = screen(80, 12);
  expect(rows).toHaveLength(11);
  expect(rows.slice(4)).toEqual([
    "  setting          runs  tokens/s  speedup             accepted     τ",
    "  draft length 1      0",
    "  draft length 2      0",
    "  draft length 3      0",
    "  draft length 4      0",
    "… 36 more settings",
    "q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once",
  ]);
});

test("a first interval changes no column", () => {
  const heads = [undefined, { estimate: 1, low: 0.95, high: 1.05, verdict: undefined }].map(
    (speedup) => {
      const rows = [settingWith("draft length 4, top-k 10, tree of 8", { speedup })];
      const drawn = benchRows(benchViewWith({ rows }), { columns: 80, rows: 24 });
      return drawn.map(textOf).find((text) => text.includes("setting"));
    },
  );
  expect(heads[0]).toBe(heads[1]);
});

test("on a low terminal the table and the bar go first, then the run in hand and the hint", () => {
  expect(screen(80, 6)).toEqual([
    "measuring · run 18 of 48 · 3 min 5 s left · 1 min 20 s so far",
    "now  draft length 2, top-k 10 · code-3 · repetition 2",
    "q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once",
  ]);
  expect(screen(80, 2)).toEqual(["measuring · run 18 of 48 · 3 min 5 s left · 1 min 20 s so far"]);
});

test("every view fits every terminal, and leaves its last row and column free", () => {
  const name = fc.constantFrom("plain", "draft length 4", "日本語 ".repeat(12), "x".repeat(200));
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const setting = fc.record({
    name,
    inHand: fc.boolean(),
    runs: fc.nat(5000),
    tokensPerSecond: optional(fc.double({ min: 0, max: 1e5, noNaN: true })),
    speedup: optional(
      fc.constantFrom(
        { estimate: 1.2, low: null, high: null, verdict: undefined },
        { estimate: 12.34, low: 10, high: 14, verdict: "faster" as const },
      ),
    ),
    acceptanceRate: optional(fc.double({ min: 0, max: 1, noNaN: true })),
    meanAcceptanceLength: optional(fc.double({ min: 1, max: 17, noNaN: true })),
  });
  const view = fc.record({
    counts: optional(fc.constantFrom({ done: 0, total: 1 }, { done: 4711, total: 48_004 })),
    leftMs: optional(fc.constantFrom(0, 59_999, 1e8)),
    run: optional(name.map((each) => ({ setting: each, prompt: each, repetition: 3 }))),
    rows: fc.array(setting, { maxLength: 30 }),
  });
  const size = fc.record({
    columns: fc.integer({ min: 1, max: 150 }),
    rows: fc.integer({ min: 2, max: 40 }),
  });
  fc.assert(
    fc.property(view, size, (changes, { columns, rows }) => {
      const drawn = benchRows(benchViewWith(changes), { columns, rows });
      expect(drawn.length).toBeLessThan(rows);
      expect(drawn.length).toBeGreaterThan(0);
      for (const row of drawn) expect(rowWidth(row)).toBeLessThanOrEqual(Math.max(1, columns - 1));
    }),
    { numRuns: 300 },
  );
});
