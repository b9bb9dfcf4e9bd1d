import { describe, expect, it } from "vitest";
import { noiseOf } from "../../../src/bench/noise.ts";
import { decodingTimes, pairRuns } from "../../../src/bench/run-pairs.ts";
import { cell, record } from "./support/records.ts";

const run = (repetition: number, stallMs: number) =>
  record({ repetition, stallMs, decodeMs: 100 + stallMs }).sample;

describe("the time of a run", () => {
  it("is without its stalls where one or two repetitions have no median to speak of", () => {
    const one = [run(0, 400)];
    expect([...decodingTimes(one).values()]).toEqual([100]);
    const two = [run(0, 400), run(1, 0)];
    expect([...decodingTimes(two).values()]).toEqual([100, 100]);
    expect(pairRuns(one, [run(0, 0)]).get("one")).toMatchObject([{ ms: 100, plainMs: 100 }]);
  });

  it("keeps them where the median ignores such a run", () => {
    const three = [run(0, 400), run(1, 0), run(2, 0)];
    expect([...decodingTimes(three).values()]).toEqual([500, 100, 100]);
  });

  it("is reported as far as it was removed", () => {
    const report = (samples: ReturnType<typeof run>[]) => ({
      ...{ ...cell(), state: "done" as const, samples, summary: null, warnings: [] },
    });
    expect(noiseOf([report([run(0, 400), run(1, 50)])], null).removedStallMs).toBe(450);
    const three = [run(0, 400), run(1, 50), run(2, 0)];
    expect(noiseOf([report(three)], null).removedStallMs).toBe(0);
  });
});
