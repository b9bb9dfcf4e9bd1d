import { beforeAll, describe, expect, it } from "vitest";
import { compareReports } from "../../../src/bench/compare.ts";
import { checkBaseline } from "../../../src/bench/gate.ts";
import { readReport } from "../../../src/bench/read-report.ts";
import { type BenchReport, reportSchema } from "../../../src/bench/report.ts";
import { explanationsOf } from "../../../src/reports/explanation.ts";
import { headingOf } from "../../../src/reports/heading.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { renderTable } from "../../../src/reports/table.ts";
import { draftedByHeads, headsOfKind, measuredReport } from "./support/reports.ts";

const parallel = headsOfKind("parallel");
const chained = headsOfKind("chained");
let measured: BenchReport;
let report: BenchReport;
beforeAll(async () => {
  measured = await measuredReport();
  report = draftedByHeads(measured, [parallel, chained]);
});

describe("a report of draft heads", () => {
  it("names their kind in each row, and their files above the table", () => {
    const text = renderTable(report, { width: 200, color: false });
    expect(text.split("\n").slice(0, 11).join("\n")).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      heads    heads-parallel.gguf (parallel, 4 heads, Q8_0, 3.2M parameters)
      heads    heads-chained.gguf (chained, 4 heads, Q8_0, 3.2M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method          draft  top-k             tokens/s             speedup  accepted      α     τ  draft/verify  same text
                        len                                                                               /other  as plain
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain               –      –  100.0 (100.0–100.0)                   –         –      –  1.00      0/100/0%  –"
    `);
    expect(text).toContain(
      "the best of 2 settings, drafter heads parallel, draft length 1, runs at",
    );
  });

  it("tells two files of a kind apart by their names", () => {
    const two = [headsOfKind("chained", { file: "small.gguf" }), chained];
    const [, first, second] = draftedByHeads(measured, two).cells;
    expect([first?.id, second?.id]).toEqual([
      "heads-chained-small-n1-k1-t0",
      "heads-chained-heads-chained-n4-k1-t0",
    ]);
    const text = renderReport(draftedByHeads(measured, two), "markdown", {
      width: 80,
      color: false,
    });
    expect(text).toContain("| heads chained small | 1 |");
  });

  it("needs no kind where all cells are of one file", () => {
    const one = draftedByHeads(measured, [chained]);
    expect(renderTable(one, { width: 100, color: false })).toMatch(
      /the best of 2 settings, draft length 1,/,
    );
    expect(headingOf(one).filter(([name]) => name === "heads")).toHaveLength(1);
  });

  it("reads as it was written", () => {
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.cells.map(({ heads }) => heads?.index)).toEqual([undefined, 0, 1]);
  });

  it("has them in every other format", () => {
    const options = { width: 80, color: false };
    const csv = renderReport(report, "csv", options).split("\r\n");
    const column = csv[0]?.split(",").indexOf("heads") ?? -1;
    expect(csv.slice(1, 4).map((line) => line.split(",")[column])).toEqual([
      "",
      "parallel",
      "chained",
    ]);
    const [entry] = JSON.parse(renderReport(report, "benchmark-action", options)) as {
      name: string;
    }[];
    expect(entry?.name).toBe(
      "qwen2.5-coder-1.5b.gguf + heads-parallel.gguf + heads-chained.gguf, drafter heads parallel, draft length 1: speedup",
    );
  });

  it("is explained by what its heads cost, each kind in a sentence of its own", () => {
    const batches = [1, 2, 3, 4, 5].map((tokens) => ({ tokens, ms: 10 + tokens }));
    const draft = { batches, stepMs: 1, readMs: 0 };
    const [flat, steep] = [2, 5].map((stepMs) => ({
      batches: [1, 2, 3, 4].map((tokens) => ({ tokens, ms: stepMs + tokens / 10 })),
      ...{ stepMs, readMs: 0.5 },
    }));
    const costs = { target: batches, draft, overheadMs: 0, repetitions: 1 };
    expect(explanationsOf({ ...measured, costs })).toEqual([
      expect.stringContaining("and a draft step 0.09 of one"),
    ]);
    expect(explanationsOf({ ...report, costs })).toEqual([]);
    // Costs that did not repeat explain nothing, nor does a busy machine.
    const unsteady = { code: "costs-unsteady", text: "", hint: "" };
    expect(explanationsOf({ ...measured, costs, warnings: [unsteady] })).toEqual([]);
    const load = { others: 1, cores: 2, threads: 2 };
    const noise = measured.noise && { ...measured.noise, load };
    expect(explanationsOf({ ...measured, costs, noise })).toEqual([]);
    const both = { ...costs, heads: [flat, steep].flatMap((each) => each ?? []) };
    expect(explanationsOf({ ...report, costs: both })).toMatchInlineSnapshot(`
      [
        "Verifying 2 tokens costs 1.1 single steps on this backend, and a step of chained heads 0.45 of one: by that draft length 1 pays where more than 56% of tested tokens are accepted, and chained heads reach 74%.",
        "Verifying 2 tokens costs 1.1 single steps on this backend, and drafting with parallel heads 0.19 of one: by that draft length 1 pays where more than 28% of tested tokens are accepted, and parallel heads reach 74%.",
      ]
    `);
  });
});

describe("reports of other heads", () => {
  const anew = headsOfKind("chained", { headerSha256: "anew", file: "anew.gguf" });
  const other = () => draftedByHeads(measured, [parallel, anew]);

  it("are compared, and that is named", () => {
    const { differences, cells } = compareReports(report, other());
    expect(differences).toEqual([
      {
        kind: "draft",
        what: "heads",
        before: "heads-parallel.gguf (Q8_0), heads-chained.gguf (Q8_0)",
        after: "heads-parallel.gguf (Q8_0), anew.gguf (Q8_0)",
      },
    ]);
    expect(cells.map(({ after }) => after.id)).toEqual(report.cells.map(({ id }) => id));
  });

  it("are no matter of the files' order", () => {
    const [plain, first, second] = report.cells as [never, never, never];
    const turned: BenchReport = {
      ...report,
      models: { ...report.models, heads: [chained, parallel] },
      cells: [plain, second, first],
    };
    expect(compareReports(report, turned).differences).toEqual([]);
  });

  it("are no baseline for each other", () => {
    expect(() => checkBaseline(other(), report, "base.json")).toThrow(
      "base.json is no baseline for this bench: heads: heads-parallel.gguf (Q8_0), anew.gguf (Q8_0), then",
    );
    expect(() => checkBaseline(report, report, "base.json")).not.toThrow();
  });
});

it("an older report, which knows no heads, is still read", () => {
  const old = readReport("bench-results/baselines/fake.json");
  expect([old.models.heads, old.plan.heads, old.cells[1]?.heads]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
