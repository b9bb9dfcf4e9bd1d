import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport, CellReport, TextPart } from "../../../src/bench/report.ts";
import { reasoningLines } from "../../../src/reports/reasoning-lines.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { measuredReport } from "./support/reports.ts";

const options = { width: 120, color: false };
const reasoning: TextPart = {
  tokenShare: 0.62,
  draftAcceptanceRate: 0.81,
  alpha: 0.85,
  meanAcceptanceLength: 3.2,
};
const answer: TextPart = {
  tokenShare: 0.38,
  draftAcceptanceRate: 0.93,
  alpha: 0.95,
  meanAcceptanceLength: 4.1,
};
const undrafted = { draftAcceptanceRate: null, alpha: null, meanAcceptanceLength: 1 };

/** The report with these parts in its cells; those that do not draft have their shares alone. */
function withParts(report: BenchReport, parts: { reasoning: TextPart; answer: TextPart }) {
  const change = (cell: CellReport): CellReport => {
    const plain = cell.method === "plain";
    const of = (part: TextPart): TextPart => (plain ? { ...part, ...undrafted } : part);
    const both = { reasoning: of(parts.reasoning), answer: of(parts.answer) };
    return { ...cell, summary: cell.summary && { ...cell.summary, ...both } };
  };
  return { ...report, cells: report.cells.map(change) };
}

describe("a report with reasoning", () => {
  let without: BenchReport;
  let report: BenchReport;
  beforeAll(async () => {
    without = await measuredReport();
    report = withParts(without, { reasoning, answer });
  });

  it("has a line for each cell that drafts", () => {
    expect(reasoningLines(report)).toEqual([
      "draft length 1: reasoning is 62.0% of the tokens: accepted 81.0%, α 85.0%, τ 3.20; answers: accepted 93.0%, α 95.0%, τ 4.10",
      "draft length 4: reasoning is 62.0% of the tokens: accepted 81.0%, α 85.0%, τ 3.20; answers: accepted 93.0%, α 95.0%, τ 4.10",
    ]);
  });

  it("has the share alone where nothing drafts", () => {
    const cells = report.cells.filter(({ method }) => method === "plain");
    expect(reasoningLines({ ...report, cells })).toEqual([
      "plain: reasoning is 62.0% of the tokens",
    ]);
  });

  it("says where no text reached its answer", () => {
    const cut = withParts(report, {
      reasoning: { ...reasoning, tokenShare: 1 },
      answer: { ...undrafted, meanAcceptanceLength: null, tokenShare: 0 },
    });
    expect(reasoningLines(cut)[0]).toBe(
      "draft length 1: reasoning is 100.0% of the tokens: accepted 81.0%, α 85.0%, τ 3.20; no text reached its answer",
    );
  });

  it("has the lines below the table and in markdown, wrapped to the width", () => {
    const [line = ""] = reasoningLines(report);
    expect(renderReport(report, "markdown", options)).toContain(`\n- ${line}\n`);
    const wrapped = renderReport(report, "table", options).replaceAll("\n", " ");
    expect(wrapped).toContain(line);
    const narrow = renderReport(report, "table", { ...options, width: 60 }).split("\n");
    expect(narrow.every((each) => each.length <= 60)).toBe(true);
  });

  it("has the figures at the end of a row of CSV", () => {
    const [head = "", plain = "", drafted = ""] = renderReport(report, "csv", options).split(
      "\r\n",
    );
    expect(head).toMatch(
      /,reasoningTokenShare,reasoningDraftAcceptanceRate,reasoningAlpha,reasoningMeanAcceptanceLength,answerDraftAcceptanceRate,answerAlpha,answerMeanAcceptanceLength$/,
    );
    expect(plain).toMatch(/,0\.62,,,1,,,1$/);
    expect(drafted).toMatch(/,0\.62,0\.81,0\.85,3\.2,0\.93,0\.95,4\.1$/);
  });

  it("has none of it without reasoning", () => {
    expect(reasoningLines(without)).toEqual([]);
    expect(renderReport(without, "table", options)).not.toContain("reasoning");
    expect(renderReport(without, "markdown", options)).not.toContain("reasoning");
  });
});
