import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport } from "../../../src/bench/report.ts";
import { acceptanceChart } from "../../../src/reports/acceptance-chart.ts";
import { categoryLines } from "../../../src/reports/category-table.ts";
import { coloursFor } from "../../../src/reports/colours.ts";
import { speedupChart } from "../../../src/reports/speedup-chart.ts";
import { renderTable } from "../../../src/reports/table.ts";
import { measuredReport, withCell } from "./support/reports.ts";

let report: BenchReport;
beforeAll(async () => {
  const measured = await measuredReport({ draftLengths: [1, 2, 4] });
  const speedups = [
    [1.34, 1.2, 1.5],
    [1.02, 0.94, 1.09],
    [0.7, 0.62, 0.8],
  ] as const;
  report = [1, 2, 4].reduce(
    (of, n, i) =>
      withCell(of, `draft-n${n}-k1-t0`, (cell) => {
        const [estimate, low, high] = speedups[i] as (typeof speedups)[number];
        const speedup = { estimate, low, high };
        return { ...cell, summary: cell.summary && { ...cell.summary, speedup } };
      }),
    measured,
  );
});

const none = coloursFor(false);
const text = (lines: readonly string[]) => `\n${lines.join("\n")}\n`;

describe("speedupChart", () => {
  it("has a bar for each interval, and a line at plain", () => {
    expect(text(speedupChart(report, 80, none))).toMatchInlineSnapshot(`
      "
      speedup, with its interval; ┊ is plain
      draft length 1                            ┊           ├────────●────────┤
      draft length 2                        ├────●───┤
      draft length 4     ├────●─────┤           ┊
                      ×0.58                    ×1                            ×1.54
      "
    `);
  });

  it("paints what surely pays or does not", () => {
    const lines = speedupChart(report, 80, coloursFor(true));
    expect(lines[1]).toContain("\u001b[32m");
    expect(lines[2]).not.toContain("\u001b[3");
    expect(lines[3]).toContain("\u001b[31m");
  });

  it("is left out for a single cell, and without room", async () => {
    expect(speedupChart(await measuredReport({ draftLengths: [2] }), 80, none)).toEqual([]);
    expect(speedupChart(report, 30, none)).toEqual([]);
  });

  it.each([40, 60, 200])("is no wider than %i", (width) => {
    for (const line of speedupChart(report, width, none)) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });
});

describe("acceptanceChart", () => {
  it("shows how far the longest drafts get", () => {
    expect(text(acceptanceChart(report, 80, none))).toMatchInlineSnapshot(`
      "
      how far drafts get: draft length 4
          accepted at position (if all before were)   passes that accepted so many
       0                                              ███████              35.7%
       1  █████████████        64.3% (64.3%)          ███                  14.3%
       2  ██████████           50.0% (77.8%)          █                    7.1%
       3  █████████            42.9% (85.7%)          ███                  14.3%
       4  ██████               30.8% (80.0%)          ██████               28.6%
      "
    `);
  });

  it("has the positions alone where it is narrow", () => {
    expect(text(acceptanceChart(report, 60, none))).toMatchInlineSnapshot(`
      "
      how far drafts get: draft length 4
          accepted at position (if all before were)
       1  █████████████        64.3% (64.3%)
       2  ██████████           50.0% (77.8%)
       3  █████████            42.9% (85.7%)
       4  ██████               30.8% (80.0%)
      "
    `);
  });

  it("is left out where no draft is longer than a token", async () => {
    expect(acceptanceChart(await measuredReport({ draftLengths: [1] }), 80, none)).toEqual([]);
  });
});

describe("categoryLines", () => {
  it("has the interval of each category", () => {
    expect(text(categoryLines(report, 80, none, false))).toMatchInlineSnapshot(`
      "
      speedup by category of prompts
      cell                          chat                code
                                1 prompt            1 prompt
      ──────────────────────────────────────────────────────
      draft length 1  ×1.34 [1.34, 1.34]  ×1.34 [1.34, 1.34]
      draft length 2  ×1.42 [1.42, 1.42]  ×1.42 [1.42, 1.42]
      draft length 4  ×1.31 [1.31, 1.31]  ×1.31 [1.31, 1.31]
      "
    `);
  });

  it("gives intervals up for room, and is a list at last, but only where it was asked for", () => {
    expect(categoryLines(report, 40, none, false)[4]).toMatch(
      /^draft length 1 +×\d\.\d\d +×\d\.\d\d$/,
    );
    expect(categoryLines(report, 20, none, false)).toEqual([]);
    expect(categoryLines(report, 20, none, true)[1]).toBe("draft length 1: chat");
  });

  it("is left out with one category", async () => {
    const prompts = [{ id: "one", category: "chat", prompt: "hello there" }];
    expect(categoryLines(await measuredReport({ prompts }), 80, none, true)).toEqual([]);
  });
});

describe("renderTable", () => {
  const titles = (options: object) =>
    renderTable(report, { width: 80, color: false, ...options })
      .split("\n")
      .filter((line) => /^(?:speedup,|how far|speedup by)/.test(line));

  it("has charts on a terminal, and categories there or on request", () => {
    expect(titles({})).toEqual([]);
    expect(titles({ categories: true })).toEqual(["speedup by category of prompts"]);
    expect(titles({ charts: true })).toEqual([
      "speedup, with its interval; ┊ is plain",
      "how far drafts get: draft length 4",
      "speedup by category of prompts",
    ]);
  });
});
