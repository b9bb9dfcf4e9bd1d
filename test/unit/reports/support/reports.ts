import { cellId } from "../../../../src/bench/cell-id.ts";
import { headsAxis } from "../../../../src/bench/heads-axis.ts";
import { planBench } from "../../../../src/bench/plan.ts";
import type { BenchReport, BenchSettings, CellReport } from "../../../../src/bench/report.ts";
import { runBench } from "../../../../src/bench/runner.ts";
import type { HeadsInfo } from "../../../../src/engine/port.ts";
import { benchSettings, created, environment } from "../../bench/support/settings.ts";
import { virtualPair } from "../../bench/support/virtual-pair.ts";

/** A bench on virtual time with a draft that is often wrong. */
export async function measuredReport(
  changes: Partial<BenchSettings> = {},
  draft = "fake:seed=1,agreement=0.8,end=-1000,step=1,token=0",
): Promise<BenchReport> {
  const pair = await virtualPair({ draft });
  const settings = benchSettings({ draftLengths: [1, 4], maxTokens: 41, ...changes });
  const report = await runBench(pair, planBench(settings), { environment, created });
  return realistic(report);
}

/** Names as real models have them, which decide how wide a line is. */
function realistic(report: BenchReport): BenchReport {
  const { target, draft } = report.models;
  const real = { quantisation: "Q4_K - Medium", parameters: 1_543_714_304 };
  return {
    ...report,
    engine: { ...report.engine, engine: "libllama", release: "v0.5.0", backend: "CPU", threads: 2 },
    models: {
      target: { ...target, ...real, file: "qwen2.5-coder-1.5b.gguf" },
      ...(draft && {
        draft: { ...draft, ...real, file: "qwen2.5-coder-0.5b.gguf", parameters: 494_032_768 },
      }),
    },
  };
}

/** The report with one cell's summary or warnings changed. */
export function withCell(
  report: BenchReport,
  id: string,
  change: (cell: CellReport) => CellReport,
): BenchReport {
  return { ...report, cells: report.cells.map((cell) => (cell.id === id ? change(cell) : cell)) };
}

/** Differences from plain as a real quantised target gives them. */
export function withDifferences(report: BenchReport): BenchReport {
  const one = withCell(report, "draft-n1-k1-t0", (cell) => ({
    ...cell,
    summary: cell.summary && {
      ...cell.summary,
      sameAsPlain: {
        equal: 1,
        compared: 2,
        differences: [{ prompt: "two", position: 37, logitGap: 0.0213 }],
      },
    },
    warnings: [
      {
        code: "near-tie",
        text: "the text first differs from plain's in two at token 37 (near tie 0.02)",
        hint: "A batch rounds differently from single steps, which can flip a near tie; no bug.",
      },
    ],
  }));
  return withCell(one, "draft-n4-k1-t0", (cell) => ({
    ...cell,
    warnings: [
      {
        code: "near-tie",
        text: "the text first differs from plain's in one at token 5 (near tie 0.10)",
        hint: "A batch rounds differently from single steps, which can flip a near tie; no bug.",
      },
    ],
  }));
}

/** Draft heads as a file of theirs tells of them. */
export function headsOfKind(kind: HeadsInfo["kind"], changes: Partial<HeadsInfo> = {}): HeadsInfo {
  return {
    file: `heads-${kind}.gguf`,
    sizeBytes: 3_400_000,
    headerSha256: kind,
    kind,
    count: 4,
    width: 576,
    parameters: 3_200_000,
    quantisation: "Q8_0",
    outputs: 4096,
    target: {
      name: "Qwen2.5 Coder 1.5B",
      architecture: "qwen2",
      vocabularySize: 151_936,
      vocabularySha256: "v",
      headerSha256: "t",
    },
    acceptance: [0.612, 0.401, 0.25, 0.1],
    trainedTokens: 2_500_000,
    ...changes,
  };
}

/** The report as if its cells, in their order, had drafted with such heads. */
export function draftedByHeads(report: BenchReport, heads: readonly HeadsInfo[]): BenchReport {
  const axis = headsAxis(heads);
  const plain = report.cells.filter(({ method }) => method === "plain");
  const drafting = report.cells.filter(({ method }) => method !== "plain");
  const cells = drafting.map((cell, i) => {
    const changed = { ...cell, drafter: "heads" as const, heads: axis[i % axis.length] };
    return { ...changed, id: cellId(changed) };
  });
  const { target } = report.models;
  return { ...report, models: { target, heads: [...heads] }, cells: [...plain, ...cells] };
}
