import { beforeAll, describe, expect, it } from "vitest";
import { compareReports, type ReportComparison } from "../../../src/bench/compare.ts";
import { renderComparison } from "../../../src/reports/comparison.ts";
import { slowed } from "../bench/support/slowed.ts";
import { measuredReport } from "./support/reports.ts";

let comparison: ReportComparison;
beforeAll(async () => {
  const report = await measuredReport();
  const later = slowed(report, ({ draftLen }) => (draftLen === 4 ? 1.2 : 1));
  const plan = { ...later.plan, repetitions: 3 };
  comparison = compareReports(report, { ...later, plan });
});

const render = (format: "table" | "json" | "markdown", width = 120) =>
  renderComparison(comparison, format, { width, color: false });

describe("the conclusion of a comparison that decides nothing", () => {
  const concluded = (low: number | null, high: number | null) => {
    const speedup = { estimate: 1.006, low, high };
    const cells = comparison.cells.map((cell) => ({
      ...cell,
      speedup: cell.speedup && speedup,
    }));
    return renderComparison({ ...comparison, cells }, "markdown", { width: 120, color: false });
  };

  it.each([
    [0.9, 1.1, "no interval of the 2 ratios leaves 1 behind."],
    [1.003, 1.009, "leaves 1 behind by more than the noise margin of 1.0%."],
    [null, null, "single runs give the 2 ratios no interval."],
  ])("says why: %s to %s", (low, high, text) => {
    expect(concluded(low, high)).toContain(`Undecided: `);
    expect(concluded(low, high)).toContain(text);
  });
});

describe("renderComparison", () => {
  it("is a table of ratios", () => {
    expect(render("table")).toMatchInlineSnapshot(`
      "before  2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts × 2
      after   2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts × 3

      cell                       speedup  speedup     τ            tokens/s      α  same
                          after / before                     after / before         text
      ──────────────────────────────────────────────────────────────────────────────────
      plain                            –        –  1.00  ×1.00 [1.00, 1.00]      –     –
      draft length 1  ×1.00 [1.00, 1.00]    ×1.34  1.74  ×1.00 [1.00, 1.00]  73.9%   2/2
      draft length 4  ×0.83 [0.83, 0.83]    ×1.31  2.86  ×0.83 [0.83, 0.83]  74.3%   2/2

      speedup over plain after / before on the prompts that both have [95% bootstrap interval]
      tokens/s after / before: with the machine's state at both times in it, which the speedup has not

      warning: repetitions: 2, then 3
      hint:    Both intervals stand; the one of fewer runs is wider.

      Speculation gains less after in draft length 4.
      "
    `);
  });

  it("gives up what is least useful where it is narrow", () => {
    expect(render("table", 60)).toMatchInlineSnapshot(`
      "before  2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts
              × 2
      after   2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts
              × 3

      cell                       speedup  speedup     τ
                          after / before
      ─────────────────────────────────────────────────
      plain                            –        –  1.00
      draft length 1  ×1.00 [1.00, 1.00]    ×1.34  1.74
      draft length 4  ×0.83 [0.83, 0.83]    ×1.31  2.86

      speedup over plain after / before on the prompts that both
      have [95% bootstrap interval]

      warning: repetitions: 2, then 3
      hint:    Both intervals stand; the one of fewer runs is
               wider.

      Speculation gains less after in draft length 4.
      "
    `);
  });

  it("is markdown", () => {
    expect(render("markdown")).toMatchInlineSnapshot(`
      "**Speculation gains less after in draft length 4.**

      - before: 2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts × 2
      - after: 2026-01-02 03:04, qwen2.5-coder-1.5b.gguf, 2 prompts × 3

      | cell | speedup after / before | speedup | τ | tokens/s after / before | α | same text |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: |
      | plain | – | – | 1.00 | ×1.00 [1.00, 1.00] | – | – |
      | draft length 1 | ×1.00 [1.00, 1.00] | ×1.34 | 1.74 | ×1.00 [1.00, 1.00] | 73.9% | 2/2 |
      | draft length 4 | ×0.83 [0.83, 0.83] | ×1.31 | 2.86 | ×0.83 [0.83, 0.83] | 74.3% | 2/2 |

      - ⚠ repetitions: 2, then 3
        - Both intervals stand; the one of fewer runs is wider.
      "
    `);
  });

  it("is JSON with all figures", () => {
    const { schema, cells, differences } = JSON.parse(render("json"));
    expect(schema).toBe("specdec.comparison/1");
    expect(differences).toEqual([{ kind: "effort", what: "repetitions", before: "2", after: "3" }]);
    expect(cells[2]).toMatchObject({
      id: "draft-n4-k1-t0",
      speedup: { estimate: expect.closeTo(1 / 1.2, 9) },
      tokensPerSecond: { estimate: expect.closeTo(1 / 1.2, 9) },
      before: { meanAcceptanceLength: expect.any(Number) },
    });
  });

  it("paints a loss", () => {
    const painted = renderComparison(comparison, "table", { width: 120, color: true });
    expect(painted).toContain("\u001b[31m×0.83 [0.83, 0.83]\u001b[39m");
  });
});
