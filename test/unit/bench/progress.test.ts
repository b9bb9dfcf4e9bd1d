import { describe, expect, test } from "vitest";
import { ProgressMeter, type RunsToMake } from "../../../src/bench/progress.ts";
import { cell } from "./support/records.ts";

const plain = cell({ id: "plain-t0" });
const slow = cell({ id: "draft-n8-k1-t0" });

function runs(id: string, count: number, warmUp = false): RunsToMake {
  return { cell: id, warmUp, runs: count, tokens: warmUp ? 16 : 96 };
}

/** A meter on a clock that is moved by hand. */
function meter(toMake: readonly RunsToMake[], budgetMs?: number) {
  let now = 1000;
  const made = new ProgressMeter(toMake, () => now, budgetMs);
  const finish = (of: typeof plain, ms: number, warmUp = false): void => {
    now += ms;
    made.finish({ cell: of, warmUp });
  };
  return { made, finish };
}

describe("the time left", () => {
  test("is unknown before the first run has ended", () => {
    const { made } = meter([runs(plain.id, 3)]);
    expect(made.counts()).toEqual({ done: 0, total: 3, etaMs: null });
  });

  test("is what runs of each cell took, times those that are left of it", () => {
    const { made, finish } = meter([runs(plain.id, 4), runs(slow.id, 4)]);
    finish(plain, 100);
    finish(slow, 1000);
    finish(plain, 200);
    // Two of 150 ms and three of 1000 ms; the mean over all runs would say 5 · 433 ms.
    expect(made.counts()).toEqual({ done: 3, total: 8, etaMs: 2 * 150 + 3 * 1000 });
  });

  test("goes by a cell's warm-up, for more tokens, as long as no run of it was measured", () => {
    const { made, finish } = meter([
      runs(plain.id, 1, true),
      runs(slow.id, 1, true),
      runs(plain.id, 1),
      runs(slow.id, 1),
    ]);
    finish(plain, 10, true);
    // Nothing is known of the other cell: 16 + 96 + 96 tokens at 10 ms for 16.
    expect(made.counts().etaMs).toBeCloseTo(10 + 60 + 60, 9);
    finish(slow, 50, true);
    expect(made.counts().etaMs).toBeCloseTo(60 + 300, 9);
    finish(plain, 30);
    expect(made.counts().etaMs).toBeCloseTo(300, 9);
    finish(slow, 100);
    expect(made.counts()).toEqual({ done: 4, total: 4, etaMs: 0 });
  });

  test("grows with repetitions that are added", () => {
    const { made, finish } = meter([runs(plain.id, 1)]);
    finish(plain, 70);
    made.extend([runs(plain.id, 2)]);
    expect(made.counts()).toEqual({ done: 1, total: 3, etaMs: 140 });
  });

  test("is never more than the time budget has", () => {
    const { made, finish } = meter([runs(plain.id, 100)], 500);
    finish(plain, 100);
    expect(made.counts().etaMs).toBe(400);
    finish(plain, 500);
    expect(made.counts().etaMs).toBe(0);
    expect(made.isOver()).toBe(true);
  });
});

test("a run that nobody announced is a mistake", () => {
  const { made } = meter([runs(plain.id, 1)]);
  expect(() => made.finish({ cell: slow, warmUp: false })).toThrow("no run of draft-n8-k1-t0");
});
