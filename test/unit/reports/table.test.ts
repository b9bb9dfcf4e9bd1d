import { beforeAll, describe, expect, it } from "vitest";
import type { BenchReport } from "../../../src/bench/report.ts";
import { fitColumns } from "../../../src/reports/fit.ts";
import { renderTable } from "../../../src/reports/table.ts";
import { measuredReport, withDifferences } from "./support/reports.ts";

let report: BenchReport;
beforeAll(async () => {
  report = withDifferences(await measuredReport());
});

const render = (width: number, color = false) => renderTable(report, { width, color });
const names = (width: number, of = report) => fitColumns(of, width).map(({ name }) => name);

describe("renderTable", () => {
  it("fits 80 columns", () => {
    expect(render(80)).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      draft    qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method  draft  tokens/s             speedup      α     τ  draft/verify  same
                len                                                   /other  text
      ────────────────────────────────────────────────────────────────────────────
      plain       –     100.0                   –      –  1.00      0/100/0%     –
      draft       1     133.8  ×1.34 [1.34, 1.34]  73.9%  1.74       8/92/0%   1/2
      draft       4     131.1  ×1.31 [1.31, 1.31]  74.3%  2.86      18/82/0%   2/2

      tokens/s            tokens after the first / time after it: each prompt's
                          median, mean over prompts
      speedup             tokens/s over plain's on the same prompts and repetitions
                          [95% bootstrap interval]
      α                   per-token acceptance: accepted / (accepted + first
                          mismatches)
      τ                   mean acceptance length: tokens emitted / passes, the
                          target's own included
      draft/verify/other  shares of the decoding time: drafting, the target's passes,
                          all else
      same text           prompts whose tokens equal plain's; compared at temperature
                          0 only

      warning: draft length 1: the text first differs from plain's in two at token 37
               (near tie 0.02)
      warning: draft length 4: the text first differs from plain's in one at token 5
               (near tie 0.10)
      hint:    A batch rounds differently from single steps, which can flip a near
               tie; no bug.

      Speculative decoding pays here: the best of 2 settings, draft length 1, runs at
      ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps, 92% of it verifying,
      and emits 1.74 tokens.
      "
    `);
  });

  it("has more at 100", () => {
    expect(render(100)).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      draft    qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method  draft  top-k  tokens/s             speedup  accepted      α     τ  draft/verify  same
                len                                                                    /other  text
      ─────────────────────────────────────────────────────────────────────────────────────────────
      plain       –      –     100.0                   –         –      –  1.00      0/100/0%     –
      draft       1      1     133.8  ×1.34 [1.34, 1.34]     73.9%  73.9%  1.74       8/92/0%   1/2
      draft       4      1     131.1  ×1.31 [1.31, 1.31]     47.3%  74.3%  2.86      18/82/0%   2/2

      top-k               candidates that the draft draws from
      tokens/s            tokens after the first / time after it: each prompt's median, mean over prompts
      speedup             tokens/s over plain's on the same prompts and repetitions [95% bootstrap
                          interval]
      accepted            draft acceptance rate: accepted / drafted
      α                   per-token acceptance: accepted / (accepted + first mismatches)
      τ                   mean acceptance length: tokens emitted / passes, the target's own included
      draft/verify/other  shares of the decoding time: drafting, the target's passes, all else
      same text           prompts whose tokens equal plain's; compared at temperature 0 only

      warning: draft length 1: the text first differs from plain's in two at token 37 (near tie 0.02)
      warning: draft length 4: the text first differs from plain's in one at token 5 (near tie 0.10)
      hint:    A batch rounds differently from single steps, which can flip a near tie; no bug.

      Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34]
      of plain; a pass costs 1.30 plain steps, 92% of it verifying, and emits 1.74 tokens.
      "
    `);
  });

  it("has the quartiles at 140", () => {
    expect(render(140)).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      draft    qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method  draft  top-k             tokens/s             speedup  accepted      α     τ  draft/verify  same
                len                                                                               /other  text
      ────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain       –      –  100.0 (100.0–100.0)                   –         –      –  1.00      0/100/0%     –
      draft       1      1  133.8 (133.8–133.8)  ×1.34 [1.34, 1.34]     73.9%  73.9%  1.74       8/92/0%   1/2
      draft       4      1  131.1 (131.1–131.1)  ×1.31 [1.31, 1.31]     47.3%  74.3%  2.86      18/82/0%   2/2

      top-k               candidates that the draft draws from
      tokens/s            tokens after the first / time after it: each prompt's median, mean over prompts (quartiles over runs)
      speedup             tokens/s over plain's on the same prompts and repetitions [95% bootstrap interval]
      accepted            draft acceptance rate: accepted / drafted
      α                   per-token acceptance: accepted / (accepted + first mismatches)
      τ                   mean acceptance length: tokens emitted / passes, the target's own included
      draft/verify/other  shares of the decoding time: drafting, the target's passes, all else
      same text           prompts whose tokens equal plain's; compared at temperature 0 only

      warning: draft length 1: the text first differs from plain's in two at token 37 (near tie 0.02)
      warning: draft length 4: the text first differs from plain's in one at token 5 (near tie 0.10)
      hint:    A batch rounds differently from single steps, which can flip a near tie; no bug.

      Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps,
      92% of it verifying, and emits 1.74 tokens.
      "
    `);
  });

  it("tells where texts differ when there is room", () => {
    expect(render(160)).toMatchInlineSnapshot(`
      "target   qwen2.5-coder-1.5b.gguf (Q4_K - Medium, 1.5B parameters)
      draft    qwen2.5-coder-0.5b.gguf (Q4_K - Medium, 494M parameters)
      engine   libllama v0.5.0, CPU, 2 threads, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1

      method  draft  top-k             tokens/s             speedup  accepted      α     τ  draft/verify  same text
                len                                                                               /other  as plain
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      plain       –      –  100.0 (100.0–100.0)                   –         –      –  1.00      0/100/0%  –
      draft       1      1  133.8 (133.8–133.8)  ×1.34 [1.34, 1.34]     73.9%  73.9%  1.74       8/92/0%  1/2 first differs at token 37 (near tie 0.02)
      draft       4      1  131.1 (131.1–131.1)  ×1.31 [1.31, 1.31]     47.3%  74.3%  2.86      18/82/0%  2/2

      top-k               candidates that the draft draws from
      tokens/s            tokens after the first / time after it: each prompt's median, mean over prompts (quartiles over runs)
      speedup             tokens/s over plain's on the same prompts and repetitions [95% bootstrap interval]
      accepted            draft acceptance rate: accepted / drafted
      α                   per-token acceptance: accepted / (accepted + first mismatches)
      τ                   mean acceptance length: tokens emitted / passes, the target's own included
      draft/verify/other  shares of the decoding time: drafting, the target's passes, all else
      same text as plain  prompts whose tokens equal plain's; compared at temperature 0 only

      warning: draft length 1: the text first differs from plain's in two at token 37 (near tie 0.02)
      warning: draft length 4: the text first differs from plain's in one at token 5 (near tie 0.10)
      hint:    A batch rounds differently from single steps, which can flip a near tie; no bug.

      Speculative decoding pays here: the best of 2 settings, draft length 1, runs at ×1.34 [1.34, 1.34] of plain; a pass costs 1.30 plain steps, 92% of it verifying,
      and emits 1.74 tokens.
      "
    `);
  });

  it.each([60, 80, 100, 120, 140, 200])("has no line longer than %i", (width) => {
    for (const line of render(width).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
  });

  it("differs in nothing but colour codes", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
    const codes = /\u001b\[\d+m/g;
    expect(render(80, true)).toMatch(codes);
    expect(render(80)).not.toMatch(codes);
    expect(render(80, true).replaceAll(codes, "").replaceAll(/ +$/gm, "")).toBe(render(80));
  });

  it("paints a cell that is faster", () => {
    expect(render(80, true)).toContain("\u001b[32m×1.34 [1.34, 1.34]\u001b[39m");
  });

  it("has a row for cells without a run", async () => {
    const cells = report.cells.map((cell) => ({
      ...cell,
      state: "planned" as const,
      samples: [],
      summary: null,
      warnings: [],
    }));
    const table = renderTable({ ...report, finished: false, cells }, { width: 80, color: false });
    expect(table).toContain("unfinished: 0 of 12 runs");
    expect(table).toMatch(/^draft +4 +1( +–)+$/m);
    expect(table).toMatch(/No run has decoded anything\.\n$/);
  });

  it("says what is missing where plain decoding alone has no run", () => {
    const cells = report.cells.map((cell) =>
      cell.method === "plain" ? { ...cell, samples: [], summary: null } : withoutSpeedup(cell),
    );
    const table = renderTable({ ...report, finished: false, cells }, { width: 80, color: false });
    expect(table.replaceAll("\n", " ")).toContain("Plain decoding has not run yet");
  });
});

describe("fitColumns", () => {
  it("gives columns up in the stated order", () => {
    const all = ["method", "draftLen", "topK", "rateSpread", "speedup", "acceptance"];
    expect(names(200)).toEqual([...all, "alpha", "tau", "shares", "sameDetail"]);
    expect(names(140)).toEqual([...all, "alpha", "tau", "shares", "same"]);
    const short = ["method", "draftLen"];
    expect(names(100)).toEqual([
      ...short,
      "topK",
      "rate",
      "speedup",
      "acceptance",
      "alpha",
      "tau",
      "shares",
      "same",
    ]);
    expect(names(90)).toEqual([
      ...short,
      "rate",
      "speedup",
      "acceptance",
      "alpha",
      "tau",
      "shares",
      "same",
    ]);
    expect(names(80)).toEqual([...short, "rate", "speedup", "alpha", "tau", "shares", "same"]);
    expect(names(70)).toEqual([...short, "rate", "speedup", "alpha", "shares", "same"]);
    expect(names(60)).toEqual([...short, "rate", "speedup", "alpha", "same"]);
    expect(names(50)).toEqual([...short, "rate", "speedup", "same"]);
    expect(names(10)).toEqual([...short, "rate", "ratio", "same"]);
  });

  it("keeps what rows differ in", async () => {
    const sampled = await measuredReport({ temperatures: [0, 0.8], topKs: [1, 2] });
    expect(names(10, sampled)).toEqual([
      "method",
      "draftLen",
      "topK",
      "temp",
      "rate",
      "ratio",
      "same",
    ]);
  });
});

/** A cell as it stands before plain has run. */
function withoutSpeedup<C extends (typeof report)["cells"][number]>(cell: C): C {
  return { ...cell, summary: cell.summary && { ...cell.summary, speedup: null } };
}
