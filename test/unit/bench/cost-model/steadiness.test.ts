import { describe, expect, test } from "vitest";
import { costWarnings, isSteady } from "../../../../src/bench/cost-model/steadiness.ts";
import { timeSteadily } from "../../../../src/bench/cost-model/time-cells.ts";
import type { RoundTimes } from "../../../../src/engine/pair.ts";
import { cell } from "../support/records.ts";
import { virtualPair } from "../support/virtual-pair.ts";

const target = [
  { tokens: 1, ms: 10 },
  { tokens: 5, ms: 40 },
  { tokens: 8, ms: 37 },
];

describe("a measurement of costs", () => {
  test("may fall from one size to the next: kernels work in fours", () => {
    expect(isSteady({ target, disagreement: 1.1 })).toBe(true);
    expect(costWarnings({ target, disagreement: 1.1 })).toEqual([]);
  });

  test("is none where its halves differ", () => {
    const [warning] = costWarnings({ target, disagreement: 4 });
    expect(warning).toMatchObject({
      code: "costs-unsteady",
      text: expect.stringContaining("differ by up to ×4.0"),
    });
  });

  test("is none where a batch costs more than its tokens would one by one", () => {
    const jumping = [...target, { tokens: 9, ms: 8680 }];
    expect(costWarnings({ target: jumping })[0]?.text).toContain("jumps");
  });
});

describe("costs are timed", () => {
  async function timed(measurements: readonly RoundTimes[]) {
    const pair = await virtualPair();
    let made = 0;
    const timeRounds = async () => measurements[made++] as RoundTimes;
    const times = await timeSteadily({ ...pair, timeRounds }, [cell()], {});
    return { times, made };
  }
  const of = (disagreement: number): RoundTimes => ({ target, repetitions: 15, disagreement });

  test("once where they repeat", async () => {
    expect(await timed([of(1.05)])).toEqual({ times: of(1.05), made: 1 });
  });

  test("again where they do not", async () => {
    expect(await timed([of(3), of(1.1)])).toEqual({ times: of(1.1), made: 2 });
  });

  test("three times at most: then the best of them counts", async () => {
    expect(await timed([of(3), of(2), of(5)])).toEqual({ times: of(2), made: 3 });
  });
});
