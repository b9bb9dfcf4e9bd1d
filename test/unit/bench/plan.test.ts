import { describe, expect, it } from "vitest";
import { planBench, planCells } from "../../../src/bench/plan.ts";
import { scheduleRounds } from "../../../src/bench/schedule.ts";
import { benchSettings } from "./support/settings.ts";

const axes = { draftLengths: [1, 2], topKs: [1], temperatures: [0], samplerTopK: 40 };
const ids = (changes: Partial<typeof axes>) =>
  planCells({ ...axes, ...changes }).cells.map(({ id }) => id);
const warnings = (changes: Partial<typeof axes>) => planCells({ ...axes, ...changes }).warnings;

describe("planCells", () => {
  it("has plain and a cell a draft length", () => {
    expect(planCells(axes)).toEqual({
      cells: [
        {
          id: "plain-t0",
          method: "plain",
          drafter: "none",
          draftLen: 0,
          topK: 0,
          treeSize: 0,
          pMin: 0,
          temp: 0,
        },
        ...[1, 2].map((draftLen) => ({
          id: `draft-n${draftLen}-k1-t0`,
          method: "speculative",
          drafter: "draft",
          draftLen,
          topK: 1,
          treeSize: 0,
          pMin: 0,
          temp: 0,
        })),
      ],
      warnings: [],
    });
  });

  it("has plain once, though draft length 0 is asked for", () => {
    expect(ids({ draftLengths: [0, 1] })).toEqual(["plain-t0", "draft-n1-k1-t0"]);
    expect(ids({ draftLengths: [0] })).toEqual(["plain-t0"]);
  });

  it("runs a top-k that cannot act once, and says so", () => {
    expect(ids({ topKs: [1, 10] })).toEqual(["plain-t0", "draft-n1-k1-t0", "draft-n2-k1-t0"]);
    expect(warnings({ topKs: [1, 10] })).toMatchObject([
      { code: "axis-inert", text: expect.stringContaining("--top-k 1,10 cannot act") },
    ]);
  });

  it("has nothing to warn of where nothing drafts", () => {
    expect(warnings({ draftLengths: [0], topKs: [1, 10] })).toEqual([]);
  });

  it("crosses top-k with draft length above temperature 0", () => {
    expect(ids({ topKs: [1, 10], temperatures: [0.8] })).toEqual([
      "plain-t0.8",
      "draft-n1-k1-t0.8",
      "draft-n1-k10-t0.8",
      "draft-n2-k1-t0.8",
      "draft-n2-k10-t0.8",
    ]);
    expect(warnings({ topKs: [1, 10], temperatures: [0.8] })).toEqual([]);
  });

  it("knows that the sampler's own top-k bounds the draft's", () => {
    const changes = { draftLengths: [1], topKs: [10, 0, 40, 50], temperatures: [0.8] };
    expect(ids(changes)).toEqual(["plain-t0.8", "draft-n1-k10-t0.8", "draft-n1-k0-t0.8"]);
    expect(warnings(changes)).toMatchObject([
      { code: "axis-inert", text: expect.stringContaining("those from 40 up, and 0") },
    ]);
    expect(ids({ ...changes, samplerTopK: 0 })).toHaveLength(5);
  });

  it("has a plain row a temperature", () => {
    expect(ids({ draftLengths: [1], temperatures: [0, 1] })).toEqual([
      "plain-t0",
      "draft-n1-k1-t0",
      "plain-t1",
      "draft-n1-k1-t1",
    ]);
  });
});

describe("scheduleRounds", () => {
  const plan = planBench(benchSettings({ draftLengths: [1, 2, 3, 4], repetitions: 3 }));
  const rounds = scheduleRounds(plan);

  it("goes by repetition, then prompt, with all cells each time", () => {
    expect(rounds.map(({ repetition, prompt }) => `${repetition} ${prompt.id}`)).toEqual([
      "0 one",
      "0 two",
      "1 one",
      "1 two",
      "2 one",
      "2 two",
    ]);
    const all = plan.cells.map(({ id }) => id).sort();
    for (const { cells } of rounds) expect(cells.map(({ id }) => id).sort()).toEqual(all);
  });

  it("shuffles the cells anew each time, the same way for the same seed", () => {
    const orders = rounds.map(({ cells }) => cells.map(({ id }) => id).join());
    expect(new Set(orders).size).toBeGreaterThan(3);
    expect(scheduleRounds(plan)).toEqual(rounds);
    const other = { ...plan, settings: { ...plan.settings, seed: 2 } };
    expect(scheduleRounds(other).map(({ cells }) => cells.map(({ id }) => id).join())).not.toEqual(
      orders,
    );
  });

  it("gives each prompt and repetition a seed of its own", () => {
    expect(rounds.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
