import { beforeAll, describe, expect, it } from "vitest";
import { type BenchReport, reportSchema } from "../../../src/bench/report.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { measuredReport, withCell, withDifferences } from "./support/reports.ts";

const options = { width: 80, color: false };
let report: BenchReport;
beforeAll(async () => {
  report = withDifferences(await measuredReport());
});

describe("markdown", () => {
  it("is a GitHub table with notes", () => {
    expect(renderReport(report, "markdown", options)).toMatchInlineSnapshot(`
      "**Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps, 92% of it verifying, and emits 1.74 tokens.**

      - target: qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      - draft: qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      - engine: libllama v0.5.0, CPU, 2 threads, context 512
      - machine: Test CPU, 2 cores, linux 6.0
      - runs: 2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      | method | draft len | top-k | tokens/s | speedup | accepted | α | τ | draft/verify/other | same text as plain |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
      | plain | – | – | 100.0 (100.0–100.0) | – | – | – | 1.00 | 0/100/0% | – |
      | draft | 1 | 1 | 133.8 (133.8–133.8) | ×1.34 [1.34, 1.34] | 73.9% | 73.9% | 1.74 | 8/92/0% | 1/2 first differs at token 37 (near tie 0.02) |
      | draft | 4 | 1 | 131.1 (131.1–131.1) | ×1.31 [1.31, 1.31] | 47.3% | 74.3% | 2.86 | 18/82/0% | 2/2 |

      | cell | chat 1 prompt | code 1 prompt |
      | --- | ---: | ---: |
      | draft length 1 | ×1.34 [1.34, 1.34], α 74% | ×1.34 [1.34, 1.34], α 74% |
      | draft length 4 | ×1.31 [1.31, 1.31], α 74% | ×1.31 [1.31, 1.31], α 74% |

      | accepted at position (if all before were) | 1 | 2 | 3 | 4 |
      | --- | ---: | ---: | ---: | ---: |
      | draft length 1 | 73.9% (73.9%) | – | – | – |
      | draft length 4 | 64.3% (64.3%) | 50.0% (77.8%) | 42.9% (85.7%) | 30.8% (80.0%) |

      - top-k: candidates that the draft draws from
      - tokens/s: tokens after the first / time after it: each prompt's median, mean over prompts (quartiles over runs)
      - speedup: tokens/s over plain's on the same prompts and repetitions [95% bootstrap interval]
      - accepted: draft acceptance rate: accepted / drafted
      - α: per-token acceptance: accepted / (accepted + first mismatches)
      - τ: mean acceptance length: tokens emitted / passes, the target's own included
      - draft/verify/other: shares of the decoding time: drafting, the target's passes, all else
      - same text as plain: prompts whose tokens equal plain's; compared at temperature 0 only

      - ⚠ draft length 1: the text first differs from plain's in two at token 37 (near tie 0.02)
      - ⚠ draft length 4: the text first differs from plain's in one at token 5 (near tie 0.10)
        - A batch rounds differently from single steps, which can flip a near tie; no bug.
      "
    `);
  });

  it("keeps names from breaking the table", () => {
    const target = { ...report.models.target, file: "a|b`c.gguf" };
    const text = renderReport({ ...report, models: { target } }, "markdown", options);
    expect(text).toContain("- target: a\\|b\\`c.gguf ");
  });
});

describe("csv", () => {
  it("has a row a cell", () => {
    expect(renderReport(report, "csv", options)).toMatchInlineSnapshot(`
      "id,state,method,drafter,heads,draftLen,adaptive,topK,treeSize,pMin,accept,temp,samples,tokensPerSecondMedian,tokensPerSecondLow,tokensPerSecondHigh,speedupEstimate,speedupLow,speedupHigh,verdict,predicted,draftAcceptanceRate,alpha,meanAcceptanceLength,positionAcceptance,conditionalAcceptance,acceptedLengths,draftShare,verifyShare,overheadShare,sameAsPlainEqual,sameAsPlainCompared,deviationRate,plannedSizes,probeShare,regret,regretAgainst,warnings,tokensPerSecond,reasoningTokenShare,reasoningDraftAcceptanceRate,reasoningAlpha,reasoningMeanAcceptanceLength,answerDraftAcceptanceRate,answerAlpha,answerMeanAcceptanceLength
      plain-t0,done,plain,none,,0,false,0,0,0,exact,0,4,100,100,100,,,,,,,,1,,,,0,1,0,,,,,,,,,100.00000000000004,,,,,,,
      draft-n1-k1-t0,done,speculative,draft,,1,false,1,0,0,exact,0,4,133.7792642140468,133.7792642140468,133.7792642140468,1.3377926421404684,1.3377926421404684,1.3377926421404684,faster,,0.7391304347826086,0.7391304347826086,1.7391304347826086,0.7391304347826086,0.7391304347826086,24 68,0.07692307692307693,0.9230769230769231,0,1,2,,,,,,near-tie,133.77926421404678,,,,,,,
      draft-n4-k1-t0,done,speculative,draft,,4,false,1,0,0,exact,0,4,131.14754098360658,131.14754098360658,131.14754098360658,1.3114754098360661,1.3114754098360661,1.3114754098360661,faster,,0.4727272727272727,0.7428571428571429,2.857142857142857,0.6428571428571429 0.5 0.42857142857142855 0.3076923076923077,0.6428571428571429 0.7777777777777778 0.8571428571428571 0.8,20 8 4 8 16,0.18032786885245902,0.819672131147541,0,2,2,,,,,,near-tie,131.14754098360655,,,,,,,
      "
    `);
  });

  it("quotes as RFC 4180 has it", () => {
    const odd = withCell(report, "plain-t0", (cell) => ({ ...cell, id: 'a,"b"\nc' }));
    expect(renderReport(odd, "csv", options)).toContain('\r\n"a,""b""⏎c",done,plain,');
  });

  it("keeps spreadsheets from taking a text for a formula", () => {
    for (const id of ["=1+1", "+1", "-1", "@SUM(A1)"]) {
      const odd = withCell(report, "plain-t0", (cell) => ({ ...cell, id }));
      expect(renderReport(odd, "csv", options)).toContain(`\r\n'${id},done,plain,`);
    }
  });

  it("has as many fields in every row", async () => {
    const lines = renderReport(report, "csv", options).trimEnd().split("\r\n");
    expect(new Set(lines.map((line) => line.split(",").length)).size).toBe(1);
  });
});

describe("json", () => {
  it("reads back as the same report", () => {
    const text = renderReport(report, "json", options);
    expect(text.endsWith("}\n")).toBe(true);
    expect(reportSchema.parse(JSON.parse(text))).toEqual(report);
  });

  it("has lists of numbers on a line, and leaves texts that look like one alone", () => {
    const prompt = { id: "[\n  1,\n  2\n]", category: "[ 1, 2 ]", prompt: "[\n 1\n]" };
    const odd = { ...report, plan: { ...report.plan, prompts: [prompt] } };
    const text = renderReport(odd, "json", options);
    expect(text).toContain('"draftLengths": [1, 4],');
    expect(JSON.parse(text).plan.prompts).toEqual([prompt]);
  });
});

describe("table", () => {
  it("heeds the width", () => {
    expect(renderReport(report, "table", options)).not.toBe(
      renderReport(report, "table", { width: 140, color: false }),
    );
  });
});
