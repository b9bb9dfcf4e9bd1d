import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport } from "../../../src/bench/report.ts";
import { annotationsOf, renderJobSummary } from "../../../src/reports/github.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { measuredReport, withDifferences } from "./support/reports.ts";

let report: BenchReport;
beforeAll(async () => {
  report = withDifferences(await measuredReport());
});

const gate = {
  file: "base.json",
  findings: ["draft length 4: τ 2.56, was 2.88 (-11.1%)", "second"],
  warnings: [{ code: "gate-cells", text: "not in the baseline: a, b", hint: "Write it." }],
};

describe("renderJobSummary", () => {
  it("is the report in markdown below a title", () => {
    const markdown = renderReport(report, "markdown", { width: 80, color: false });
    expect(renderJobSummary(report)).toBe(`## specdec: qwen2.5-coder-1.5b.gguf\n\n${markdown}\n`);
  });

  it("begins with what the gate found", () => {
    expect(renderJobSummary(report, gate).split("\n\n**")[0]).toMatchInlineSnapshot(`
      "## specdec: qwen2.5-coder-1.5b.gguf

      ❌ Worse than base.json:

      - draft length 4: τ 2.56, was 2.88 (-11.1%)
      - second
      - ⚠ not in the baseline: a, b
        - Write it."
    `);
    const passed = { ...gate, findings: [], warnings: [] };
    expect(renderJobSummary(report, passed)).toContain("\n✅ Not worse than base.json.\n");
  });
});

describe("annotationsOf", () => {
  it("has findings, warnings and the conclusion, escaped", () => {
    expect(annotationsOf(report, gate)).toMatchInlineSnapshot(`
      [
        "::error title=worse than base.json::draft length 4: τ 2.56, was 2.88 (-11.1%25)",
        "::error title=worse than base.json::second",
        "::warning title=specdec bench::draft length 1: the text first differs from plain's in two at token 37 (near tie 0.02)%0AA batch rounds differently from single steps, which can flip a near tie; no bug.",
        "::warning title=specdec bench::draft length 4: the text first differs from plain's in one at token 5 (near tie 0.10)%0AA batch rounds differently from single steps, which can flip a near tie; no bug.",
        "::warning title=specdec bench::not in the baseline: a, b%0AWrite it.",
        "::notice title=specdec bench::Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps, 92%25 of it verifying, and emits 1.74 tokens.",
      ]
    `);
  });

  it("escapes what would end a command or its title", () => {
    const odd = { ...gate, file: "a:b,c%\n.json", findings: ["x\r\ny: 5%"], warnings: [] };
    expect(annotationsOf(report, odd)[0]).toBe(
      "::error title=worse than a%3Ab%2Cc%25⏎.json::x⏎y: 5%25",
    );
  });
});

describe("benchmark-action", () => {
  it("is JSON for customBiggerIsBetter, without tokens/s", () => {
    const entries = JSON.parse(
      renderReport(report, "benchmark-action", { width: 80, color: false }),
    );
    const pair = "qwen2.5-coder-1.5b.gguf + qwen2.5-coder-0.5b.gguf";
    expect(entries).toEqual([
      {
        name: `${pair}, draft length 1: speedup`,
        unit: "× plain",
        value: 1.3378,
        range: "± 0",
        extra: expect.stringMatching(/^×1\.34 \[1\.34, 1\.34\]\nTest CPU, 2 cores\nSpeculative /),
      },
      { name: `${pair}, draft length 1: τ`, unit: "tokens a pass", value: 1.7391 },
      { name: `${pair}, draft length 4: speedup`, ...entries[2] },
      { name: `${pair}, draft length 4: τ`, unit: "tokens a pass", value: 2.8571 },
    ]);
  });
});
