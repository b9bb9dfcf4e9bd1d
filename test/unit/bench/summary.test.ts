import { describe, expect, it } from "vitest";
import { compareWithPlain, unrepeatedPrompts } from "../../../src/bench/comparison.ts";
import { summarise } from "../../../src/bench/summary.ts";
import { cell, record } from "./support/records.ts";

describe("summarise", () => {
  it("adds up what is worked by hand", () => {
    // Ten tokens after the first: in 4 passes of 8 ms draft, 30 ms verify, 2 ms other; in 5.
    const fast = record({
      passes: 4,
      drafted: 8,
      accepted: 6,
      mismatches: 2,
      draftedAt: [4, 4],
      testedAt: [4, 4],
      acceptedAt: [4, 2],
      decodeMs: 40,
      draftMs: 8,
      verifyMs: 30,
      overheadMs: 2,
    });
    const slow = record({
      prompt: "two",
      passes: 5,
      drafted: 10,
      accepted: 5,
      mismatches: 4,
      draftedAt: [5, 5],
      testedAt: [5, 3],
      acceptedAt: [3, 2],
      decodeMs: 60,
      draftMs: 12,
      verifyMs: 40,
      overheadMs: 8,
    });
    const plain = [record(), record({ prompt: "two" })];
    const { summary } = summarise({ cell: cell(), runs: [fast, slow], plain, seed: 1 });
    expect(summary).toMatchObject({
      draftAcceptanceRate: 11 / 18,
      alpha: 11 / 17,
      meanAcceptanceLength: 20 / 9,
      positionAcceptance: [7 / 9, 4 / 9],
      conditionalAcceptance: [7 / 9, 4 / 7],
      shares: { draft: 0.2, verify: 0.7, overhead: 0.1 },
      sameAsPlain: { equal: 2, compared: 2, differences: [] },
    });
    // 250 and 166.7 tokens/s.
    expect(summary?.tokensPerSecond?.median).toBeCloseTo(208.33, 2);
    expect(summary?.tokensPerSecond?.low).toBeCloseTo(187.5, 2);
    expect(summary?.tokensPerSecond?.high).toBeCloseTo(229.17, 2);
    expect(summary?.tokensPerSecond?.rate).toBeCloseTo(Math.sqrt(250 * (1000 / 6)), 9);
    expect(summary?.totals).toEqual({ tokens: 20, ms: 100 });
    // The prompts are ×2.5 and ×1.67.
    expect(summary?.speedup?.estimate).toBeCloseTo(Math.sqrt(2.5 * (10 / 6)), 12);
    // What the resamples reach, 10 / 6 and 2.5, is moved away as far as two prompts want.
    expect(summary?.speedup?.low).toBeLessThan(10 / 6);
    expect(summary?.speedup?.high).toBeGreaterThan(2.5);
  });

  it("has no speedup, comparison or acceptance for plain", () => {
    const plain = [record()];
    const { summary, warnings } = summarise({
      cell: cell({ method: "plain", drafter: "none", draftLen: 0 }),
      runs: plain,
      plain,
      seed: 1,
    });
    expect(summary).toEqual({
      tokensPerSecond: { rate: expect.closeTo(100, 9), median: 100, low: 100, high: 100 },
      totals: { tokens: 10, ms: 100 },
      speedup: null,
      draftAcceptanceRate: null,
      alpha: null,
      meanAcceptanceLength: 1,
      positionAcceptance: [],
      conditionalAcceptance: [],
      acceptedLengths: [],
      categories: [expect.objectContaining({ speedup: null })],
      shares: { draft: 0, verify: 1, overhead: 0 },
      sameAsPlain: null,
      deviationRate: null,
      adaptive: null,
    });
    expect(warnings).toEqual([]);
  });

  it("has nulls where there is nothing to divide by", () => {
    const nothing = record({ tokens: 1, passes: 0, decodeMs: 0, verifyMs: 0, tokenIds: [0] });
    const input = { cell: cell(), runs: [nothing], plain: [nothing], seed: 1 };
    expect(summarise(input).summary).toEqual({
      tokensPerSecond: null,
      totals: { tokens: 0, ms: 0 },
      speedup: null,
      draftAcceptanceRate: null,
      alpha: null,
      meanAcceptanceLength: null,
      positionAcceptance: [],
      conditionalAcceptance: [],
      acceptedLengths: [],
      categories: [expect.objectContaining({ speedup: null })],
      shares: null,
      sameAsPlain: { equal: 1, compared: 1, differences: [] },
      deviationRate: null,
      adaptive: null,
    });
  });

  it("has no summary without runs", () => {
    const input = { cell: cell(), runs: [], plain: [record()], seed: 1 };
    expect(summarise(input)).toEqual({ summary: null, warnings: [] });
  });

  it("pairs only runs that both have", () => {
    const plain = [record({ repetition: 0 })];
    const runs = [record({ decodeMs: 50 }), record({ repetition: 1, decodeMs: 1 })];
    const { summary } = summarise({ cell: cell(), runs, plain, seed: 1 });
    expect(summary?.speedup).toEqual({ estimate: expect.closeTo(2, 12), low: null, high: null });
  });

  it("does not compare sampled texts, with plain or with each other", () => {
    const runs = [record({ tokenIds: [1] }), record({ repetition: 1, tokenIds: [2] })];
    const input = { cell: cell({ temp: 0.8 }), runs, plain: [record()], seed: 1 };
    const { summary, warnings } = summarise(input);
    expect(summary?.sameAsPlain).toBeNull();
    expect(warnings).toEqual([]);
  });
});

describe("what only some cells have", () => {
  it("is of an adaptive cell what was chosen, over all runs", () => {
    const runs = [
      record({ plannedSizes: [2, 0, 6], probes: 1 }),
      record({ prompt: "two", plannedSizes: [1, 1], probes: 2, passes: 2 }),
    ];
    const input = { cell: cell({ adaptive: true }), runs, plain: [record()], seed: 1 };
    expect(summarise(input).summary?.adaptive).toEqual({
      plannedSizes: [3, 1, 6],
      probeShare: 3 / 12,
      regret: null,
    });
  });

  it("is of a lossy cell how often it left the exact rule, and a warning", () => {
    // Ten tokens of passes in each run.
    const runs = [record({ deviations: 1 }), record({ prompt: "two", deviations: 2 })];
    const lossy = cell({ accept: "typical", temp: 0.8 });
    const { summary, warnings } = summarise({ cell: lossy, runs, plain: [record()], seed: 1 });
    expect(summary?.deviationRate).toBe(3 / 20);
    expect(warnings).toMatchObject([
      {
        code: "lossy",
        text: "15.0% of the tokens are not those that the exact rule would have chosen",
      },
    ]);
  });
});

describe("compareWithPlain", () => {
  it("tells each prompt once, with plain's gap where the first repetition differs", () => {
    const plain = [
      record({ tokenIds: [1, 2, 3] }, [5, 6, 7]),
      record({ repetition: 1, tokenIds: [1, 2, 3] }, [5, 6, 7]),
      record({ prompt: "two", tokenIds: [1, 2, 3] }, [5, 6, 7]),
    ];
    const runs = [
      record({ tokenIds: [1, 9, 3] }),
      record({ repetition: 1, tokenIds: [8, 2, 3] }),
      record({ prompt: "two", tokenIds: [1, 2, 3] }),
      record({ prompt: "never run plainly", tokenIds: [4] }),
    ];
    expect(compareWithPlain(runs, plain)).toEqual({
      equal: 1,
      compared: 2,
      differences: [{ prompt: "one", position: 1, logitGap: 6 }],
    });
  });

  it("takes a shorter text for a different one, with an unknown gap behind plain's end", () => {
    const plain = [record({ tokenIds: [1, 2] }, [5, Number.NaN])];
    const longer = [record({ tokenIds: [1, 2, 3] })];
    const shorter = [record({ tokenIds: [1] })];
    const at = (position: number) => [{ prompt: "one", position, logitGap: null }];
    expect(compareWithPlain(longer, plain).differences).toEqual(at(2));
    expect(compareWithPlain(shorter, plain).differences).toEqual(at(1));
  });
});

describe("unrepeatedPrompts", () => {
  it("names prompts whose repetitions differ", () => {
    const runs = [
      record(),
      record({ repetition: 1 }),
      record({ prompt: "two" }),
      record({ prompt: "two", repetition: 1, tokenIds: [1] }),
      record({ prompt: "two", repetition: 2, tokenIds: [2] }),
    ];
    expect(unrepeatedPrompts(runs)).toEqual(["two"]);
  });
});

describe("warnings of a cell", () => {
  const warn = (tokenIds: number[], gaps: number[], more: Parameters<typeof record>[0] = {}) =>
    summarise({
      cell: cell(),
      runs: [record({ tokenIds, ...more })],
      plain: [record({}, gaps)],
      seed: 1,
    }).warnings;

  it("calls a small gap a near tie", () => {
    expect(warn([1, 9], [5, 0.02, 5])).toEqual([
      {
        code: "near-tie",
        text: "the text first differs from plain's in one at token 1 (near tie 0.02)",
        hint: "A batch rounds differently from single steps, which can flip a near tie; no bug.",
      },
    ]);
  });

  it("calls a large gap a possible bug", () => {
    expect(warn([1, 9], [5, 0.5, 5])).toEqual([
      {
        code: "not-lossless",
        text: "the text first differs from plain's in one at token 1 (gap 0.50, not a near tie)",
        hint: "Not a near tie: possible bug. Please report it with this report's JSON.",
      },
    ]);
  });

  it("does not judge an unknown gap", () => {
    expect(warn([1, 9], [5, Number.NaN])).toMatchObject([
      { code: "text-differs", text: expect.stringContaining("one at token 1 (gap unknown)") },
    ]);
  });

  it("tells of a full context", () => {
    expect(warn([1, 2, 3], [], { doneReason: "context" })).toMatchObject([
      { code: "context-full", text: "1 of 1 runs ended because the context was full" },
    ]);
  });

  it("tells of a greedy cell that does not repeat itself", () => {
    const runs = [record(), record({ repetition: 1, tokenIds: [7] })];
    const { warnings } = summarise({ cell: cell({ method: "plain" }), runs, plain: [], seed: 1 });
    expect(warnings).toMatchObject([
      {
        code: "not-repeatable",
        text: "repetitions at temperature 0 gave different tokens in one",
      },
    ]);
  });
});
