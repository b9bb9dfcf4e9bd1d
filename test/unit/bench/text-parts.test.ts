import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import { reportSchema } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { summarise } from "../../../src/bench/summary.ts";
import { cell, record } from "./support/records.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { perfectDraft, virtualPair } from "./support/virtual-pair.ts";

describe("the summary of runs with reasoning", () => {
  // 11 and 21 tokens, of which 6 and 18 are reasoning.
  const first = record({
    tokens: 11,
    ...{ passes: 5, drafted: 12, accepted: 5, mismatches: 4 },
    reasoning: { tokens: 6, passes: 3, passTokens: 6, drafted: 8, accepted: 3, mismatches: 3 },
  });
  const second = record({
    prompt: "two",
    tokens: 21,
    ...{ passes: 8, drafted: 24, accepted: 12, mismatches: 5 },
    reasoning: { tokens: 18, passes: 7, passTokens: 17, drafted: 20, accepted: 10, mismatches: 5 },
  });
  const plain = [record(), record({ prompt: "two" })];

  it("has both parts apart, worked by hand", () => {
    const { summary } = summarise({ cell: cell(), runs: [first, second], plain, seed: 1 });
    expect(summary?.reasoning).toEqual({
      tokenShare: 24 / 32,
      draftAcceptanceRate: 13 / 28,
      alpha: 13 / 21,
      meanAcceptanceLength: 23 / 10,
    });
    expect(summary?.answer).toEqual({
      tokenShare: 8 / 32,
      draftAcceptanceRate: 4 / 8,
      alpha: 4 / 5,
      meanAcceptanceLength: 7 / 3,
    });
    expect(summary).toMatchObject({ draftAcceptanceRate: 17 / 36, alpha: 17 / 26 });
  });

  it("counts runs without any as answers", () => {
    const { summary } = summarise({ cell: cell(), runs: [first, record()], plain, seed: 1 });
    expect(summary?.reasoning?.tokenShare).toBe(6 / 22);
    expect(summary?.answer).toMatchObject({ tokenShare: 16 / 22, meanAcceptanceLength: 14 / 12 });
  });

  it("has nulls for answers that no run reached", () => {
    const { passes, drafted, accepted, mismatches } = first.sample;
    const counts = { tokens: 11, passes, passTokens: 10, drafted, accepted, mismatches };
    const cut = record({ ...first.sample, reasoning: counts });
    const { summary } = summarise({ cell: cell(), runs: [cut], plain, seed: 1 });
    const nothing = { draftAcceptanceRate: null, alpha: null, meanAcceptanceLength: null };
    expect(summary?.answer).toEqual({ tokenShare: 0, ...nothing });
  });

  it("has neither without reasoning", () => {
    const { summary } = summarise({ cell: cell(), runs: [record()], plain, seed: 1 });
    expect(summary).not.toHaveProperty("reasoning");
    expect(summary).not.toHaveProperty("answer");
  });
});

describe("a bench", () => {
  /** 11 tokens: plain in 10 passes, at draft length 4 in two passes of five. */
  const bench = async (reasoning: number | undefined) => {
    const pair = await virtualPair({
      draft: perfectDraft,
      onEvent: (event) =>
        event.type === "done" && reasoning !== undefined ? { ...event, reasoning } : event,
    });
    return runBench(pair, planBench(benchSettings()), { environment, created });
  };

  it("keeps the part of each run that is reasoning, and reads it back", async () => {
    const report = await bench(4);
    const samplesOf = (id: string) => report.cells.find((each) => each.id === id)?.samples ?? [];
    for (const { reasoning } of samplesOf("plain-t0")) {
      const none = { drafted: 0, accepted: 0, mismatches: 0 };
      expect(reasoning).toEqual({ tokens: 4, passes: 3, passTokens: 3, ...none });
    }
    for (const { reasoning } of samplesOf("draft-n4-k1-t0")) {
      const drafts = { drafted: 4, accepted: 4, mismatches: 0 };
      expect(reasoning).toEqual({ tokens: 4, passes: 1, passTokens: 5, ...drafts });
    }
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it("stores nothing of it where there is none", async () => {
    expect(JSON.stringify(await bench(undefined))).not.toContain("reasoning");
  });
});
