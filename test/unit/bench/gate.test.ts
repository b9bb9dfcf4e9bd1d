import { beforeAll, describe, expect, it } from "vitest";
import { baselineOf } from "../../../src/bench/baseline.ts";
import { checkAgainst, checkBaseline } from "../../../src/bench/gate.ts";
import type { BenchReport, CellReport, Sample } from "../../../src/bench/report.ts";
import { seededRandom } from "../../../src/decoding/random.ts";
import { measuredReport, withCell } from "../reports/support/reports.ts";
import { slowed } from "./support/slowed.ts";

const four = "draft-n4-k1-t0";
let report: BenchReport;
let baseline: BenchReport;
beforeAll(async () => {
  report = await measuredReport();
  baseline = baselineOf(report);
});

const check = (after: BenchReport, max = 0.05) => checkAgainst(baseline, after, max);
const findings = (after: BenchReport, max?: number) =>
  check(after, max).findings.map(({ code, cell, text }) => `${code} ${cell.id}: ${text}`);
const drafting = ({ method }: CellReport) => method === "speculative";

function withSamples(of: BenchReport, id: string, change: (sample: Sample) => Sample): BenchReport {
  return withCell(of, id, (cell) => ({ ...cell, samples: cell.samples.map(change) }));
}

describe("checkAgainst", () => {
  it("finds nothing in the same figures", () => {
    expect(check(report)).toEqual({ findings: [], warnings: [] });
  });

  it("finds a loss of speedup that is surely beyond what is allowed", () => {
    const worse = slowed(report, (cell) => (cell.id === four ? 1.1 : 1));
    expect(findings(worse)).toEqual([
      `speed ${four}: speedup ×1.31, was ×1.31: -9.1% [-9.1%, -9.1%], and -5% is allowed`,
    ]);
    expect(findings(worse, 0.1)).toEqual([]);
  });

  it("knows a slower machine from slower cells", () => {
    expect(findings(slowed(report, () => 3))).toEqual([]);
  });

  it("finds nothing in a speedup that grew", () => {
    expect(findings(slowed(report, (cell) => (drafting(cell) ? 0.5 : 1)))).toEqual([]);
  });

  it("does not decide within the noise, and says so", () => {
    const noisy = slowed(report, (cell, { prompt }) =>
      cell.id === four ? (prompt === "one" ? 1 : 1.3) : 1,
    );
    expect(findings(noisy)).toEqual([]);
    expect(check(noisy).warnings).toMatchObject([
      {
        code: "gate-undecided",
        text: expect.stringMatching(
          / more than 5% of their speedup, within the noise: draft-n4-k1-t0 \(-\d/,
        ),
      },
    ]);
  });

  it("finds counts that are worse by more than a hundredth", () => {
    const morePasses = (factor: number) =>
      withSamples(report, four, (sample) => ({ ...sample, passes: sample.passes * factor }));
    expect(findings(morePasses(1.009))).toEqual([]);
    expect(findings(morePasses(0.5))).toEqual([]);
    expect(findings(morePasses(1.02))).toEqual([`counts ${four}: τ 2.80, was 2.86 (-2.0%)`]);
    const drafts = withSamples(report, four, (sample) => ({
      ...sample,
      drafted: sample.drafted * 2,
      accepted: sample.accepted / 2,
    }));
    expect(findings(drafts)).toEqual([
      `counts ${four}: accepted 32.5 per 100 tokens, was 65.0 (-50.0%), drafted 275.0 per 100 tokens, was 137.5 (+100.0%)`,
    ]);
  });

  it("takes no counts of a length that is chosen by what batches cost", () => {
    const auto = (of: BenchReport) => withCell(of, four, (cell) => ({ ...cell, adaptive: true }));
    const worse = withSamples(report, four, (sample) => ({ ...sample, passes: sample.passes * 2 }));
    expect(checkAgainst(auto(baseline), auto(worse), 0.05).findings).toEqual([]);
  });

  it("counts the runs that both have, and warns where there is none", () => {
    const only = (of: BenchReport, prompt: string) => ({
      ...of,
      finished: false,
      cells: of.cells.map((cell) => ({
        ...cell,
        samples: cell.samples.filter((sample) => sample.prompt === prompt),
      })),
    });
    // Without the runs of one prompt the totals are others, and no prompt's own are.
    expect(check(only(report, "two"))).toMatchObject({
      findings: [],
      warnings: [{ code: "unfinished" }],
    });
    const worse = withSamples(only(report, "two"), four, (sample) => ({
      ...sample,
      passes: sample.passes * 1.1,
    }));
    expect(check(worse).findings).toMatchObject([{ code: "counts" }]);
    const apart = checkAgainst(only(baseline, "one"), only(report, "two"), 0.05);
    expect(apart.findings).toEqual([]);
    expect(apart.warnings).toContainEqual(
      expect.objectContaining({ code: "gate-unheld", text: expect.stringContaining(four) }),
    );
  });

  it("finds texts that left plain's, and knows those that had before", () => {
    const differing = (of: BenchReport, logitGap: number, position = 3) =>
      withCell(of, four, (cell) => ({
        ...cell,
        summary: cell.summary && {
          ...cell.summary,
          sameAsPlain: {
            equal: 1,
            compared: 2,
            differences: [{ prompt: "two", position, logitGap }],
          },
        },
      }));
    expect(findings(differing(report, 0.01))).toEqual([
      `text-differs ${four}: the text differs from plain's where it did not: two at token 3 (near tie 0.01)`,
    ]);
    expect(findings(differing(report, 4))[0]).toMatch(/^not-lossless /);
    const codesOf = (before: BenchReport, now: BenchReport) =>
      checkAgainst(before, now, 0.05).findings.map(({ code }) => code);
    expect(codesOf(differing(baseline, 0.01), differing(report, 0.01))).toEqual([]);
    expect(codesOf(differing(baseline, 0.01), differing(report, 0.01, 9))).toEqual([]);
    expect(codesOf(differing(baseline, 0.01), differing(report, 0.01, 2))).toEqual([
      "text-differs",
    ]);
    // One near tie is no licence for whatever else.
    expect(codesOf(differing(baseline, 0.01), differing(report, 4, 9))).toEqual(["not-lossless"]);
    expect(codesOf(differing(baseline, 4), differing(report, 4))).toEqual([]);
  });

  it("has the worst first: wrong texts, then what lost most", () => {
    const one = "draft-n1-k1-t0";
    const slow = slowed(report, ({ id }) => (id === four ? 1.2 : 1));
    const counts = withSamples(slow, one, (sample) => ({ ...sample, passes: sample.passes * 2 }));
    const wrong = withCell(counts, four, (cell) => ({
      ...cell,
      summary: cell.summary && {
        ...cell.summary,
        sameAsPlain: {
          equal: 1,
          compared: 2,
          differences: [{ prompt: "two", position: 3, logitGap: 4 }],
        },
      },
    }));
    expect(check(wrong).findings.map(({ code }) => code)).toEqual([
      "not-lossless",
      "counts",
      "speed",
    ]);
  });

  it("checks counts alone against another machine's baseline", () => {
    const { engine } = report;
    const worse = slowed(report, (cell) => (drafting(cell) ? 2 : 1));
    const elsewhere = { ...worse, engine: { ...engine, threads: 16 } };
    expect(check(elsewhere)).toMatchObject({
      findings: [],
      warnings: [{ code: "gate-elsewhere" }],
    });
    const fewer = withSamples(elsewhere, four, (sample) => ({
      ...sample,
      passes: sample.passes * 2,
    }));
    expect(check(fewer).findings).toMatchObject([{ code: "counts" }]);
  });

  it("tells which cells only one of them has", () => {
    const cells = report.cells.slice(0, 2);
    expect(check({ ...report, cells }).warnings).toMatchObject([
      { code: "gate-cells", text: `in the baseline only: ${four}` },
    ]);
    expect(checkAgainst({ ...baseline, cells }, report, 0.05).warnings).toMatchObject([
      { code: "gate-cells", text: `not in the baseline: ${four}` },
    ]);
  });
});

describe("a planted slow-down of 10% in noise of 4%", () => {
  /** Each run takes up to 4% more or less, by the seed. */
  function noisy(of: BenchReport, seed: number): BenchReport {
    const random = seededRandom(seed);
    return slowed(of, () => 1 + (random() - 0.5) * 0.08);
  }
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  let long: BenchReport;
  beforeAll(async () => {
    const prompts = Array.from({ length: 8 }, (_, i) => ({
      id: `p${i}`,
      category: "chat",
      prompt: `text ${i}`,
    }));
    long = await measuredReport({ prompts, repetitions: 3 });
  });
  const found = (seed: number, factor: number) => {
    const later = slowed(long, (cell) => (drafting(cell) ? factor : 1));
    const { findings: all } = checkAgainst(noisy(long, 1000 + seed), noisy(later, seed), 0.05);
    return all.length > 0;
  };

  it("is found in at least 9 of 10 runs", () => {
    expect(seeds.filter((seed) => found(seed, 1.1)).length).toBeGreaterThanOrEqual(9);
  });

  it("is not found where there is none", () => {
    expect(seeds.filter((seed) => found(seed, 1))).toEqual([]);
  });
});

describe("checkBaseline", () => {
  const refusal = (change: (of: BenchReport) => BenchReport) => () =>
    checkBaseline(change(baseline), report, "base.json");

  it("takes a report of the same plan, from wherever", () => {
    refusal((of) => ({ ...of, machine: { ...of.machine, cpu: "Other" } }))();
    refusal((of) => ({ ...of, cells: of.cells.slice(1, 2) }))();
  });

  it.each<[string, (of: BenchReport) => BenchReport, RegExp]>([
    [
      "another draft",
      (of) => ({ ...of, models: { target: of.models.target } }),
      /^base\.json is no baseline for this bench: draft: none, then qwen2/,
    ],
    [
      "another plan",
      (of) => ({ ...of, plan: { ...of.plan, maxTokens: 1, raw: true } }),
      /: chat template: none, then the model's; tokens at most: 1, then 41$/,
    ],
    [
      "another reading of special tokens",
      (of) => ({ ...of, plan: { ...of.plan, special: true } }),
      /: special tokens: read, then plain text$/,
    ],
    [
      "prompts that went in otherwise",
      (of) => {
        const prompts = of.plan.prompts.map((prompt) => ({ ...prompt, raw: true }));
        return { ...of, plan: { ...of.plan, prompts } };
      },
      /: prompts: 2, then others of that number$/,
    ],
    [
      "another chat template",
      (of) => ({ ...of, plan: { ...of.plan, chatTemplate: { name: "chatml" } } }),
      /: chat template: chatml, then the model's$/,
    ],
    [
      "other variables of the chat template",
      (of) => ({ ...of, plan: { ...of.plan, chatTemplateKwargs: { enable_thinking: false } } }),
      /: chat template: enable_thinking=false, then the model's$/,
    ],
    [
      "other prompts",
      (of) => ({ ...of, plan: { ...of.plan, prompts: of.plan.prompts.slice(1) } }),
      /: prompts: 1, then 2$/,
    ],
    [
      "no cell in common",
      (of) => ({ ...of, cells: of.cells.slice(0, 1) }),
      /^base\.json has no drafting cell of this bench: it has plain-t0$/,
    ],
  ])("refuses one of %s", (_, change, message) => {
    expect(refusal(change)).toThrow(message);
  });
});

describe("baselineOf", () => {
  it("is a report without texts", () => {
    const samples = baseline.cells.flatMap((cell) => cell.samples);
    expect(samples.every(({ text, tokenIds }) => text === "" && tokenIds.length === 0)).toBe(true);
    expect(baseline.cells.map(({ summary }) => summary)).toEqual(
      report.cells.map(({ summary }) => summary),
    );
  });
});
