import { beforeAll, describe, expect, it } from "vitest";
import { compareReports } from "../../../src/bench/compare.ts";
import type { BenchPrompt, BenchReport } from "../../../src/bench/report.ts";
import { measuredReport } from "../reports/support/reports.ts";
import { slowed } from "./support/slowed.ts";

let report: BenchReport;
beforeAll(async () => {
  report = await measuredReport();
});

const warningsOf = (before: BenchReport, after: BenchReport) =>
  compareReports(before, after).warnings.map(({ code, text }) => `${code}: ${text}`);

describe("compareReports", () => {
  it("finds nothing between a report and itself", () => {
    const { cells, differences, warnings } = compareReports(report, report);
    expect({ differences, warnings }).toEqual({ differences: [], warnings: [] });
    const same = { estimate: 1, low: 1, high: 1 };
    for (const { after, speedup, rate } of cells) {
      expect(rate).toEqual(same);
      if (after.method === "plain") expect(speedup).toBeNull();
      else {
        for (const value of Object.values(speedup ?? {})) expect(value).toBeCloseTo(1, 12);
      }
    }
  });

  it("divides speedups, so that a slower machine changes nothing, and tokens/s, so that it does", () => {
    const cool = slowed(report, () => 1.25);
    const [plain, cell] = compareReports(report, cool).cells;
    expect(plain?.rate?.estimate).toBeCloseTo(0.8, 12);
    expect(cell?.rate?.estimate).toBeCloseTo(0.8, 12);
    expect(cell?.speedup?.estimate).toBeCloseTo(1, 12);
    const worse = slowed(report, ({ method }) => (method === "plain" ? 1 : 1.25));
    expect(compareReports(report, worse).cells[1]?.speedup?.estimate).toBeCloseTo(0.8, 12);
  });

  it("draws prompts for both reports together, so that hard prompts widen no interval", () => {
    const uneven = slowed(report, (_, { prompt }) => (prompt === "one" ? 3 : 1));
    const speedup = compareReports(
      uneven,
      slowed(uneven, () => 1.1),
    ).cells[1]?.speedup;
    expect((speedup?.high ?? 2) - (speedup?.low ?? 0)).toBeLessThan(0.001);
  });

  it("leaves tokens/s out across machines, and names them", () => {
    const elsewhere = { ...report, machine: { ...report.machine, cpu: "Other CPU" } };
    expect(compareReports(report, elsewhere).cells.map(({ rate }) => rate)).toEqual([
      null,
      null,
      null,
    ]);
    expect(warningsOf(report, elsewhere)).toEqual([
      "reports-differ: machine: Test CPU, 2 cores, x64, then Other CPU, 2 cores, x64",
    ]);
  });

  it("names all that differs", () => {
    const { models, plan, engine, cells } = report;
    const other: BenchReport = {
      ...report,
      finished: false,
      engine: { ...engine, threads: 4 },
      models: { target: models.target },
      plan: { ...plan, maxTokens: 99, repetitions: 7 },
      cells: cells.slice(0, 2),
    };
    expect(warningsOf(report, other)).toEqual([
      "reports-differ: draft: qwen2.5-coder-0.5b.gguf (Q4_K - Medium), then none",
      "reports-differ: tokens at most: 41, then 99",
      "reports-differ: engine: libllama v0.5.0, CPU, 2 threads, then libllama v0.5.0, CPU, 4 threads",
      "reports-differ: repetitions: 2, then 7",
      "cells-differ: only before: draft-n4-k1-t0",
      "unfinished: one report is of a bench that was stopped",
    ]);
  });

  it("compares the prompts that both have", () => {
    const [one] = report.plan.prompts;
    const fewer = { ...report, plan: { ...report.plan, prompts: one ? [one] : [] } };
    expect(warningsOf(report, fewer)).toEqual(["reports-differ: prompts: 2, then 1"]);
    const slowTwo = slowed(report, (_, { prompt }) => (prompt === "two" ? 2 : 1));
    const speedup = compareReports(fewer, slowTwo).cells[1]?.speedup;
    expect(speedup?.estimate).toBeCloseTo(1, 12);
  });

  it("takes later turns for the same whatever the target answered before them", () => {
    const asked = (answer: string, first = "Hi"): BenchReport => {
      const history: BenchPrompt["history"] = [
        { role: "user", content: first },
        { role: "assistant", content: answer },
      ];
      const prompts = report.plan.prompts.map((each) => ({ ...each, history, turn: 2 }));
      return { ...report, plan: { ...report.plan, prompts } };
    };
    expect(warningsOf(asked("x"), asked("y"))).toEqual([]);
    expect(() => compareReports(asked("x"), asked("x", "Ho"))).toThrow("no prompt in common");
  });

  it.each<[string, (of: BenchReport) => BenchReport, RegExp]>([
    [
      "another target",
      (of) => ({
        ...of,
        models: { ...of.models, target: { ...of.models.target, file: "b", headerSha256: "b" } },
      }),
      /: target: qwen2\.5-coder-1\.5b\.gguf \(Q4_K - Medium\), then b \(Q4_K - Medium\)$/,
    ],
    [
      "another sampler",
      (of) => ({ ...of, plan: { ...of.plan, sampler: { topK: 1, topP: 1, minP: 0 } } }),
      /: sampler: 40, 0\.95, 0\.05, then 1, 1, 0$/,
    ],
    ["no prompt in common", withPrompt, /: they have no prompt in common$/],
    [
      "no cell in common",
      (of) => ({ ...of, cells: of.cells.map((cell) => ({ ...cell, id: `${cell.id}-x` })) }),
      /^the reports have no cell in common: plain-t0, .*; then plain-t0-x, /,
    ],
  ])("refuses %s", (_, change, message) => {
    expect(() => compareReports(report, change(report))).toThrow(message);
  });
});

function withPrompt(report: BenchReport): BenchReport {
  const prompts = [{ id: "one", category: "chat", prompt: "another text" }];
  return { ...report, plan: { ...report.plan, prompts } };
}
