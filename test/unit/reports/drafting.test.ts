import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport } from "../../../src/bench/report.ts";
import { conclude } from "../../../src/reports/conclusion.ts";
import { noticesOf } from "../../../src/reports/notices.ts";
import { renderReport } from "../../../src/reports/render.ts";
import { renderTable } from "../../../src/reports/table.ts";
import { measuredReport } from "./support/reports.ts";

const table = (report: BenchReport, width: number) => renderTable(report, { width, color: false });

/** The rows of a table, with its head. */
function rowsOf(report: BenchReport, width: number): string {
  const lines = table(report, width).split("\n");
  const rule = lines.findIndex((line) => line.startsWith("─"));
  const end = lines.indexOf("", rule);
  return `${lines.slice(rule - 2, end).join("\n")}\n`;
}

const warningsOf = (report: BenchReport) =>
  noticesOf(report).map(({ texts, hint }) => ({ texts, hint }));

describe("chains, trees, lookup and a length of its own choice in one table", () => {
  let report: BenchReport;
  beforeAll(async () => {
    report = await measuredReport({
      drafters: ["draft", "ngram"],
      draftLengths: [2, "auto"],
      topKs: [1, 3],
      treeSizes: [4],
      pMins: [0, 0.3],
    });
  });

  it("fit 80 columns", () => {
    expect(rowsOf(report, 80)).toMatchInlineSnapshot(`
      "method   draft  top-k   tree  p-min  tokens/s             speedup       α  same
                 len          size                                               text
      ───────────────────────────────────────────────────────────────────────────────
      plain        –      –      –      –     100.0                   –       –     –
      draft        2      1  chain      0     141.8  ×1.42 [1.42, 1.42]   75.9%   2/2
      draft        2      1  chain    0.3     106.7  ×1.07 [1.07, 1.07]  100.0%   2/2
      draft        2      3      4      0     129.0  ×1.29 [1.29, 1.29]   88.9%   2/2
      draft        2      3      4    0.3     106.7  ×1.07 [1.07, 1.07]  100.0%   2/2
      draft   auto≤4      1  chain   auto     141.5  ×1.41 [1.34, 1.50]   78.0%   2/2
      draft     auto      3      4   auto     131.3  ×1.31 [1.16, 1.49]   76.1%   2/2
      ngram        2      1  chain      0     100.0  ×1.00 [1.00, 1.00]       –   2/2
      ngram        2      1  chain    0.3     100.0  ×1.00 [1.00, 1.00]       –   2/2
      ngram        2      2      4      0     100.0  ×1.00 [1.00, 1.00]       –   2/2
      ngram        2      2      4    0.3     100.0  ×1.00 [1.00, 1.00]       –   2/2
      ngram   auto≤4      1  chain   auto     100.0  ×1.00 [1.00, 1.00]       –   2/2
      ngram     auto      2      4   auto     100.0  ×1.00 [1.00, 1.00]       –   2/2
      "
    `);
  });

  it("have the long forms at 140", () => {
    expect(rowsOf(report, 140)).toMatchInlineSnapshot(`
      "method   draft  top-k   tree  p-min             tokens/s             speedup  accepted       α     τ  draft/verify  same text
                 len          size                                                                                /other  as plain
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain        –      –      –      –  100.0 (100.0–100.0)                   –         –       –  1.00      0/100/0%  –
      draft        2      1  chain      0  141.8 (141.8–141.8)  ×1.42 [1.42, 1.42]     64.7%   75.9%  2.22      12/88/0%  2/2
      draft        2      1  chain    0.3  106.7 (106.7–106.7)  ×1.07 [1.07, 1.07]    100.0%  100.0%  1.25      10/90/0%  2/2
      draft        2      3      4      0  129.0 (129.0–129.0)  ×1.29 [1.29, 1.29]     40.0%   88.9%  2.50      10/90/0%  2/2
      draft        2      3      4    0.3  106.7 (106.7–106.7)  ×1.07 [1.07, 1.07]    100.0%  100.0%  1.25      10/90/0%  2/2
      draft   auto≤4      1  chain   auto  141.5 (139.4–142.7)  ×1.41 [1.34, 1.50]     66.9%   78.0%  2.13      11/89/0%  2/2
      draft     auto      3      4   auto  131.3 (130.8–132.8)  ×1.31 [1.16, 1.49]     64.8%   76.1%  1.78       8/92/0%  2/2
      ngram        2      1  chain      0  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      ngram        2      1  chain    0.3  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      ngram        2      2      4      0  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      ngram        2      2      4    0.3  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      ngram   auto≤4      1  chain   auto  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      ngram     auto      2      4   auto  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%  2/2
      "
    `);
  });

  it("say below the table what was drafted and what is to be regretted", () => {
    expect(table(report, 120)).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      draft    qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method   draft  top-k   tree  p-min             tokens/s             speedup  accepted       α     τ  draft/verify  same
                 len          size                                                                                /other  text
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain        –      –      –      –  100.0 (100.0–100.0)                   –         –       –  1.00      0/100/0%     –
      draft        2      1  chain      0  141.8 (141.8–141.8)  ×1.42 [1.42, 1.42]     64.7%   75.9%  2.22      12/88/0%   2/2
      draft        2      1  chain    0.3  106.7 (106.7–106.7)  ×1.07 [1.07, 1.07]    100.0%  100.0%  1.25      10/90/0%   2/2
      draft        2      3      4      0  129.0 (129.0–129.0)  ×1.29 [1.29, 1.29]     40.0%   88.9%  2.50      10/90/0%   2/2
      draft        2      3      4    0.3  106.7 (106.7–106.7)  ×1.07 [1.07, 1.07]    100.0%  100.0%  1.25      10/90/0%   2/2
      draft   auto≤4      1  chain   auto  141.5 (139.4–142.7)  ×1.41 [1.34, 1.50]     66.9%   78.0%  2.13      11/89/0%   2/2
      draft     auto      3      4   auto  131.3 (130.8–132.8)  ×1.31 [1.16, 1.49]     64.8%   76.1%  1.78       8/92/0%   2/2
      ngram        2      1  chain      0  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2
      ngram        2      1  chain    0.3  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2
      ngram        2      2      4      0  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2
      ngram        2      2      4    0.3  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2
      ngram   auto≤4      1  chain   auto  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2
      ngram     auto      2      4   auto  100.0 (100.0–100.0)  ×1.00 [1.00, 1.00]         –       –  1.00      0/100/0%   2/2

      drafter draft, draft length auto≤4, top-k 1, chain: tokens drafted 0 in 3%, 1 in 39%, 2 in 48%, 3 in 8%, 4 in 3% of
      passes; probes 6.7%; regret 0.3% against drafter draft, draft length 2, top-k 1, chain, p-min 0
      drafter draft, draft length auto, top-k 3, tree of 4: tokens drafted 1 in 88%, 2 in 7%, 3 in 3%, 4 in 2% of passes;
      probes 5.6%; regret 7.5% against drafter draft, draft length 2, top-k 1, chain, p-min 0
      drafter ngram, draft length auto≤4, top-k 1, chain: tokens drafted 0 in 100% of passes; regret 29.5% [29.5%, 29.5%]
      against drafter draft, draft length 2, top-k 1, chain, p-min 0
      drafter ngram, draft length auto, top-k 2, tree of 4: tokens drafted 0 in 100% of passes; regret 29.5% [29.5%, 29.5%]
      against drafter draft, draft length 2, top-k 1, chain, p-min 0

      top-k               candidates that the draft draws from
      tree size           most tokens drafted for one pass, as a tree
      p-min               draft probability of a path below which it stops
      tokens/s            tokens after the first / time after it: each prompt's median, mean over prompts (quartiles over
                          runs)
      speedup             tokens/s over plain's on the same prompts and repetitions [95% bootstrap interval]
      accepted            draft acceptance rate: accepted / drafted
      α                   per-token acceptance: accepted / (accepted + first mismatches)
      τ                   mean acceptance length: tokens emitted / passes, the target's own included
      draft/verify/other  shares of the decoding time: drafting, the target's passes, all else
      same text           prompts whose tokens equal plain's; compared at temperature 0 only

      warning: --p-min 0,0.3 cannot act with --draft-len auto, which chooses itself how probable a draft must be, so equal
               cells are run once
      hint:    Give draft lengths as numbers to see what --p-min does.

      Speculative decoding pays here: the best of 12 settings, drafter draft, draft length 2, top-k 1, chain, p-min 0, runs at
      ×1.42 [1.42, 1.42] of plain; a pass costs 1.57 plain steps, 88% of it verifying, and emits 2.22 tokens.
      "
    `);
  });

  it("say the same in markdown", () => {
    const lines = renderReport(report, "markdown", { width: 80, color: false }).split("\n");
    expect(lines.filter((line) => / of passes; (probes|regret) /.test(line))).toHaveLength(4);
  });

  it("have it in CSV", () => {
    const lines = renderReport(report, "csv", { width: 80, color: false }).split("\r\n");
    expect(lines.filter((line) => line.includes("auto")).map((line) => line.split(","))).toEqual(
      expect.arrayContaining([expect.arrayContaining(["draft", "true", "exact"])]),
    );
  });

  it.each([80, 100, 120, 160])("have no line longer than %i", (width) => {
    for (const line of table(report, width).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });
});

describe("a lossy cell", () => {
  let report: BenchReport;
  beforeAll(async () => {
    report = await measuredReport({ accept: "typical", temperatures: [0.8], topKs: [1] });
  });

  it("is marked in the table, also where it is narrow", () => {
    expect(rowsOf(report, 120)).toMatchInlineSnapshot(`
      "method  draft  top-k  accept           tokens/s             speedup  accepted       α     τ  draft/verify  same
                len                                                                                      /other  text
      ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain       –      –  –                   100.0                   –         –       –  1.00      0/100/0%     –
      draft       1      1  typical (lossy)     151.0  ×1.51 [1.27, 1.79]     97.5%   97.5%  1.95       8/92/0%     –
      draft       4      1  typical (lossy)     227.3  ×2.27 [2.27, 2.27]    100.0%  100.0%  5.00      18/82/0%     –
      "
    `);
    expect(rowsOf(report, 60)).toMatchInlineSnapshot(`
      "method  draft  accept  tokens/s             speedup  same
                len                                        text
      ─────────────────────────────────────────────────────────
      plain       –  –          100.0                   –     –
      draft       1  lossy      151.0  ×1.51 [1.27, 1.79]     –
      draft       4  lossy      227.3  ×2.27 [2.27, 2.27]     –
      "
    `);
  });

  it("is marked in CSV, in markdown and in the conclusion", () => {
    const options = { width: 80, color: false };
    expect(renderReport(report, "csv", options).match(/,typical \(lossy\),/g)).toHaveLength(2);
    expect(
      renderReport(report, "markdown", options).match(/\| typical \(lossy\) \|/g),
    ).toHaveLength(2);
    expect(conclude(report)).toContain("typical (lossy) acceptance");
  });

  it("says how often it left the exact rule", () => {
    expect(warningsOf(report)).toMatchInlineSnapshot(`
      [
        {
          "hint": "Typical acceptance is lossy: the text is not distributed as the target's. Leave --accept typical out where that matters.",
          "texts": [
            "draft length 1, typical (lossy) acceptance: 35.6% of the tokens are not those that the exact rule would have chosen",
            "draft length 4, typical (lossy) acceptance: 53.8% of the tokens are not those that the exact rule would have chosen",
          ],
        },
      ]
    `);
  });
});
