import { draftAcceptanceRate, meanAcceptanceLength } from "../../decoding/metrics.ts";
import { median } from "../../statistics.ts";
import { rateOf } from "../rate-of.ts";
import type { Cell } from "../report.ts";
import type { LiveCell, LiveState } from "./state.ts";
import type { BenchView, RunView, SettingView, SpeedupView } from "./view.ts";

/** What a view takes beside the state. */
export interface ViewWords {
  /** Names a cell as a setting. */
  nameOf(cell: Cell): string;
  readonly hint: string;
}

/** What is shown of a state. Pure. */
export function viewOf(state: LiveState, words: ViewWords): BenchView {
  const { activity, counts, startMs, nowMs, run } = state;
  const inHand = run?.cell.id;
  return {
    activity,
    counts: counts && { done: counts.done, total: counts.total },
    elapsedMs: nowMs - startMs,
    leftMs: counts?.etaMs ?? undefined,
    run: run && runView(run, words.nameOf(run.cell)),
    rows: state.cells.map((each) =>
      settingView(each, words.nameOf(each.cell), each.cell.id === inHand),
    ),
    hint: words.hint,
  };
}

function runView(
  { prompt, repetition, warmUp }: NonNullable<LiveState["run"]>,
  setting: string,
): RunView {
  return { setting, prompt, repetition: warmUp ? undefined : repetition + 1 };
}

function settingView({ rates, runs, counts, summary }: LiveCell, name: string, inHand: boolean) {
  const measured = summary?.tokensPerSecond;
  const view: SettingView = {
    name,
    inHand,
    runs,
    tokensPerSecond: measured ? rateOf(measured) : rates.length > 0 ? median(rates) : undefined,
    speedup: speedupView(summary),
    acceptanceRate: known(draftAcceptanceRate(counts)),
    meanAcceptanceLength: known(meanAcceptanceLength(counts)),
  };
  return view;
}

function speedupView(summary: LiveCell["summary"]): SpeedupView | undefined {
  if (!summary?.speedup) return undefined;
  return { ...summary.speedup, verdict: summary.verdict };
}

/** A rate of nothing by nothing is none. */
function known(rate: number): number | undefined {
  return Number.isFinite(rate) ? rate : undefined;
}
