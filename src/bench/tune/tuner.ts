import type { TunablePair } from "../../engine/pair.ts";
import { checkPair } from "../checks.ts";
import { type Costs, costsOf } from "../cost-model/costs.ts";
import { plainOverhead } from "../cost-model/overhead.ts";
import { costWarnings } from "../cost-model/steadiness.ts";
import { timeSteadily } from "../cost-model/time-cells.ts";
import { type BenchPlan, planBench } from "../plan.ts";
import type { BenchReport, BenchSettings, BenchWarning, Cell } from "../report.ts";
import { requestFor } from "../request.ts";
import { type BenchHooks, runBench } from "../runner.ts";
import { bestOfEach, likeliestIsRight, type Prediction, predictAll } from "./predict.ts";
import { type RecordedPrompt, recordPrompt } from "./record.ts";
import { tuneCells } from "./tune-cells.ts";

/** What a tuning is asked for. */
export interface TuneRequest {
  /** Axes, prompts and repetitions; at temperature 0. */
  readonly settings: BenchSettings;
  /** Most branches of one tree that the engine was opened for. */
  readonly maxBranches: number;
  /** How many settings are measured beside plain. */
  readonly confirmed: number;
}

/** Who listens to a tuning. */
export type TuneHooks = Pick<
  BenchHooks,
  "environment" | "signal" | "stop" | "onProgress" | "onReport" | "created"
> & {
  /** What comes next, before anything of it is measured. */
  readonly onStep?: (text: string) => void;
};

/** What a tuning came to. */
export interface TuneResult {
  readonly costs: Costs;
  /** Tokens in the records, and how fast plain decoding wrote them. */
  readonly recorded: { readonly tokens: number; readonly tokensPerSecond: number };
  /** See `likeliestIsRight`. */
  readonly alpha: number | null;
  /** All settings. */
  readonly predictions: readonly Prediction[];
  /** Plain and the settings that promised most, measured. */
  readonly report: BenchReport;
  /** What keeps predictions from being relied on: with one of these nothing is advised. */
  readonly costWarnings: readonly BenchWarning[];
}

/**
 * Finds the fastest setting at temperature 0: times batches, records plain decoding, replays every
 * setting, and measures the best ones against plain.
 *
 * @returns undefined where a signal stopped it
 * @throws UserError as `runBench` does
 */
export async function tune(
  pair: TunablePair,
  request: TuneRequest,
  hooks: TuneHooks,
): Promise<TuneResult | undefined> {
  const { settings, maxBranches } = request;
  const cells = tuneCells(settings, pair.info.engine);
  checkPair(pair.info, cells);
  hooks.onStep?.("timing batches");
  const times = await timeSteadily(pair, cells, hooks);
  if (times === undefined) return undefined;
  const records = await recordAll(pair, settings, cells, hooks);
  if (records === undefined) return undefined;
  hooks.onStep?.(`replaying ${cells.length} settings`);
  const costs = costsOf(times, plainOverhead(records.map(({ sample }) => sample)) ?? 0);
  const recordings = records.map(({ recording }) => recording);
  const predictions = predictAll({ cells, recordings, costs, maxBranches });
  const best = bestOfEach(predictions).slice(0, request.confirmed);
  const plan = planOf(
    settings,
    best.map(({ cell }) => cell),
  );
  const report = await runBench(pair, plan, hooks);
  if (!report.finished) return undefined;
  return {
    costs,
    recorded: speedOf(records),
    alpha: likeliestIsRight(recordings),
    predictions,
    report,
    costWarnings: costWarnings(times),
  };
}

async function recordAll(
  pair: TunablePair,
  settings: BenchSettings,
  cells: readonly Cell[],
  { signal, stop, onStep }: TuneHooks,
): Promise<RecordedPrompt[] | undefined> {
  const plan = planOf(settings, []);
  const [cell] = plan.cells as [Cell];
  const widest = Math.max(...cells.map(widthOf));
  const longest = Math.max(...cells.map(({ draftLen }) => draftLen));
  const records: RecordedPrompt[] = [];
  for (const prompt of settings.prompts) {
    if (signal?.aborted || stop?.aborted) return undefined;
    onStep?.(`recording prompt ${records.length + 1} of ${settings.prompts.length}`);
    const request = requestFor(plan, pair.info, { cell, prompt, seed: settings.seed });
    const order = { prompt, request, topK: widest, longest };
    const record = await recordPrompt(pair, order, signal);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return records;
}

/** Candidates that a place may have. */
function widthOf({ topK, treeSize }: Cell): number {
  return Math.min(topK || Number.POSITIVE_INFINITY, treeSize || 1);
}

/** A bench of plain and some settings, as their axes would have it. */
function planOf(settings: BenchSettings, cells: readonly Cell[]): BenchPlan {
  const values = <T>(value: (cell: Cell) => T): T[] => [...new Set(cells.map(value))];
  const axes = {
    drafters: values(({ drafter }) => drafter),
    draftLengths: values(({ draftLen }) => draftLen),
    topKs: values(({ topK }) => topK),
    treeSizes: values(({ treeSize }) => treeSize),
    pMins: values(({ pMin }) => pMin),
  };
  const [plain] = planBench({ ...settings, drafters: ["none"], draftLengths: [0] }).cells;
  return { settings: { ...settings, ...axes }, cells: [plain as Cell, ...cells], warnings: [] };
}

function speedOf(records: readonly RecordedPrompt[]): TuneResult["recorded"] {
  const tokens = records.reduce((sum, { sample }) => sum + sample.tokens, 0);
  const decoded = records.reduce((sum, { sample }) => sum + Math.max(0, sample.tokens - 1), 0);
  const ms = records.reduce((sum, { sample }) => sum + sample.decodeMs, 0);
  return { tokens, tokensPerSecond: (decoded / ms) * 1000 };
}
