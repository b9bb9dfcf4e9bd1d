import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compareReports } from "../../../src/bench/compare.ts";
import { type BenchReport, reportSchema } from "../../../src/bench/report.ts";
import { renderComparison } from "../../../src/reports/comparison.ts";
import { comparisonFormats } from "../../../src/reports/comparison-formats.ts";
import { reportFormats } from "../../../src/reports/formats.ts";
import { annotationsOf, renderJobSummary } from "../../../src/reports/github.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { expectHarmless, flood, harmIn, hostile } from "../../support/hostile.ts";
import { measuredReport } from "./support/reports.ts";

const cases = new URL("../../data/prompt-names.jsonl", import.meta.url);

/** A report whose texts are all hostile, where the schema lets them be. */
function hostileReport(report: BenchReport, text: string): BenchReport {
  const model = <M extends object>(info: M): M => ({
    ...info,
    ...{ file: text, name: text, quantisation: text, architecture: text },
  });
  const { target, draft } = report.models;
  return reportSchema.parse({
    ...report,
    machine: { ...report.machine, cpu: text, os: text, arch: text },
    engine: { ...report.engine, release: text, backend: text },
    models: { target: model(target), ...(draft && { draft: model(draft) }) },
    plan: {
      ...report.plan,
      preset: text,
      presetDescription: text,
      prompts: report.plan.prompts.map((prompt) => ({ ...prompt, id: text + prompt.id })),
    },
    cells: report.cells.map((cell) => ({
      ...cell,
      id: text + cell.id,
      warnings: [{ code: text, text, hint: text }],
      ...(cell.summary && {
        summary: {
          ...cell.summary,
          categories: ["one", "two"].map((name) => ({
            ...{ category: name + text, prompts: 1, speedup: null, alpha: 0.5 },
            meanAcceptanceLength: 2,
          })),
        },
      }),
    })),
    warnings: [{ code: text, text, hint: text }],
  });
}

const tableLooks = [false, true].flatMap((color) => [60, 120].map((width) => ({ color, width })));

/** Each field on a line of its own: there may be many of them, and each is bounded. */
function inFields(shown: string, format: string): string {
  if (format === "csv") return shown.replaceAll(",", "\n");
  return format === "markdown" ? shown.replaceAll("|", "\n") : shown;
}

let report: BenchReport;
beforeAll(async () => {
  report = await measuredReport();
});

function isBounded(format: string): boolean {
  return format !== "json";
}

describe.each([
  ["hostile", hostile, [...reportFormats], [...comparisonFormats]],
  // JSON keeps whatever length there is.
  ["endless", flood, reportFormats.filter(isBounded), comparisonFormats.filter(isBounded)],
])("a report of %s names", (_name, text, formats, beside) => {
  test.each(formats)("is harmless as %s", (format) => {
    const odd = hostileReport(report, text);
    const looks = format === "table" ? tableLooks : tableLooks.slice(0, 1);
    for (const look of looks) {
      const shown = renderReport(odd, format, { ...look, charts: true, categories: true });
      expectHarmless(inFields(shown, format), { color: look.color, csv: format === "csv" });
    }
  });

  test("is harmless in a job's summary and annotations", () => {
    const gate = { file: text, findings: [text], warnings: [{ code: "x", text, hint: text }] };
    const odd = hostileReport(report, text);
    expectHarmless(renderJobSummary(odd, gate).replaceAll("|", "\n"));
    const annotations = annotationsOf(odd, gate);
    for (const line of annotations) {
      expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,\n]+::[^\n]+$/);
      expect(harmIn(line.replace(/^::\w+ title=/, ""))).toEqual([]);
    }
  });

  test.each(beside)("is harmless beside another as %s", (format) => {
    const odd = hostileReport(report, text);
    const comparison = compareReports(odd, odd);
    for (const color of [false, true]) {
      const shown = renderComparison(comparison, format, { width: 80, color });
      expectHarmless(inFields(shown, format), { color });
    }
  });
});

test("JSON keeps the data as it is", () => {
  const odd = hostileReport(report, hostile);
  const json = renderReport(odd, "json", { width: 80, color: false });
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(odd)));
});

test("names with a bar, quotes, a formula or HTML stay within their cells", () => {
  const names = readFileSync(cases, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; category: string });
  const odd = {
    ...report,
    cells: report.cells.map((cell) => ({
      ...cell,
      id: names[1]?.id ?? "",
      ...(cell.summary && {
        summary: {
          ...cell.summary,
          categories: names.map(({ category }) => ({
            ...{ category, prompts: 1, speedup: null, alpha: 0.5, meanAcceptanceLength: 2 },
          })),
        },
      }),
    })),
  } as BenchReport;
  const look = { width: 120, color: false };
  expect(renderReport(odd, "markdown", look)).toContain(
    '\n| cell | c\\|d, "x" 1 prompt | \\<b>& 1 prompt |\n',
  );
  expect(renderReport(odd, "csv", look)).toContain("\r\n'=1+1,done,");
});
