import { beforeAll, describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchReport } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { renderJobSummary } from "../../../src/reports/github.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { fakeBaselines } from "../bench/support/fake-baselines.ts";
import { benchSettings, created, environment } from "../bench/support/settings.ts";
import { perfectDraft, virtualPair } from "../bench/support/virtual-pair.ts";

let report: BenchReport;
beforeAll(async () => {
  // Two of three predictions hold.
  const baselines = await fakeBaselines({
    counts: {
      ...{ prefillTokens: 1, passes: 6, drafted: 10, accepted: 4, mismatches: 2 },
      ...{ draftedAt: [5, 5], testedAt: [4, 2], acceptedAt: [3, 1] },
    },
  });
  report = await runBench(
    await virtualPair({ draft: perfectDraft }),
    planBench(benchSettings({ baselineRows: true, draftLengths: [2] })),
    {
      environment: { ...environment, versions: { specdec: "0.1.0", nodeLlamaCpp: "3.22.1" } },
      baselines,
      created,
    },
  );
});

const render = (format: Parameters<typeof renderReport>[1], width = 100) =>
  renderReport(report, format, { width, color: false, charts: true });
const rowsOf = (text: string) => text.split("\n").filter((line) => line.startsWith("nlc "));

describe("rows of node-llama-cpp's own decoding", () => {
  it("say what they are in the table, and leave open what cannot be told", () => {
    const lines = render("table").split("\n");
    const from = lines.findIndex((line) => line.startsWith("method"));
    expect(lines.slice(from, from + 14).join("\n")).toMatchInlineSnapshot(`
      "method        draft  top-k  tokens/s             speedup  accepted       α     τ  draft/verify  same
                      len                                                                     /other  text
      ────────────────────────────────────────────────────────────────────────────────────────────────────
      plain             –      –     100.0                   –         –       –  1.00      0/100/0%     –
      draft             2      1     172.4  ×1.72 [1.72, 1.72]    100.0%  100.0%  2.50      10/90/0%   2/2
      nlc evaluate      –      –      50.0  ×0.50 [0.50, 0.50]         –       –  1.00             –   2/2
      nlc draft         2      –      50.0  ×0.50 [0.50, 0.50]     40.0%   66.7%  1.67             –   2/2
      nlc lookup        2      –      50.0  ×0.50 [0.50, 0.50]     40.0%   66.7%  1.67             –   2/2

      nlc is node-llama-cpp 3.22.1 without specdec, in a process of its own with the same models, threads
      and sampler: nlc evaluate is its evaluate(), nlc draft is its DraftSequenceTokenPredictor with
      minTokens = maxTokens and minConfidence 0, nlc lookup is its InputLookupTokenPredictor. Passes and
      acceptance follow from its counters; what it verifies together with the prompt counts as prefill.
      "
    `);
  });

  it("fit 80 columns", () => {
    const lines = render("table", 80).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(rowsOf(render("table", 80)).length).toBeGreaterThanOrEqual(3);
  });

  it("are not what the conclusion is about", () => {
    const [, conclusion = ""] =
      /(Speculative decoding pays here: [^.]*)/.exec(render("table")) ?? [];
    expect(conclusion).toMatch(/^Speculative decoding pays here: draft length 2 runs at/);
    expect(render("table")).toContain("how far drafts get: draft length 2\n");
  });

  it("stand in markdown and in a job's summary, with acceptance by position", () => {
    const markdown = render("markdown");
    expect(markdown).toContain("| nlc draft | 2 | – |");
    expect(markdown).toContain("| nlc draft, draft length 2 | 60.0% (75.0%) | 20.0% (50.0%) |");
    expect(markdown).toContain("- nlc is node-llama-cpp 3.22.1 without specdec");
    expect(renderJobSummary(report)).toContain("| nlc evaluate | – | – |");
  });

  it("stand in CSV, empty where there is no number", () => {
    const [head = "", ...rows] = render("csv").trimEnd().split("\r\n");
    const names = head.split(",");
    const field = (id: string, name: string) =>
      rows.find((row) => row.startsWith(`${id},`))?.split(",")[names.indexOf(name)];
    expect(field("nlc-draft-n2-t0", "method")).toBe("nlc draft");
    expect(field("nlc-draft-n2-t0", "draftAcceptanceRate")).toBe("0.4");
    expect(field("nlc-draft-n2-t0", "verifyShare")).toBe("");
    expect(field("nlc-draft-n2-t0", "predicted")).toBe("");
  });

  it("raise no alert of the benchmark action", () => {
    const entries = JSON.parse(render("benchmark-action")) as { name: string }[];
    expect(entries.map(({ name }) => name)).toEqual([
      expect.stringMatching(/draft length 2: speedup$/),
      expect.stringMatching(/draft length 2: τ$/),
    ]);
  });

  it("need no legend where there are none", () => {
    const cells = report.cells.filter(({ method }) => method !== "baseline");
    const text = renderReport({ ...report, cells }, "table", { width: 100, color: false });
    expect(text).not.toContain("nlc");
  });
});
