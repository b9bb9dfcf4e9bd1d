import type { BenchView, SettingView } from "../../src/bench/live/view.ts";

/** A setting that has not run yet. */
export function settingWith(name: string, changes: Partial<SettingView> = {}): SettingView {
  return {
    name,
    inHand: false,
    runs: 0,
    tokensPerSecond: undefined,
    speedup: undefined,
    acceptanceRate: undefined,
    meanAcceptanceLength: undefined,
    ...changes,
  };
}

/** A bench in the middle of a sweep of four settings. */
export function benchViewWith(changes: Partial<BenchView> = {}): BenchView {
  return {
    activity: "measuring",
    counts: { done: 17, total: 48 },
    elapsedMs: 80_400,
    leftMs: 185_000,
    run: { setting: "draft length 2, top-k 10", prompt: "code-3", repetition: 2 },
    rows: [
      settingWith("plain", { runs: 5, tokensPerSecond: 80.12, meanAcceptanceLength: 1 }),
      settingWith("draft length 1", {
        runs: 5,
        tokensPerSecond: 104.4,
        speedup: { estimate: 1.3, low: 1.25, high: 1.36, verdict: "faster" },
        acceptanceRate: 0.71,
        meanAcceptanceLength: 1.71,
      }),
      settingWith("draft length 2, top-k 10", {
        inHand: true,
        runs: 4,
        tokensPerSecond: 61,
        speedup: { estimate: 0.76, low: 0.7, high: 0.82, verdict: "slower" },
        acceptanceRate: 0.55,
        meanAcceptanceLength: 2.1,
      }),
      settingWith("draft length 4, top-k 10", {
        runs: 1,
        tokensPerSecond: 79,
        speedup: { estimate: 0.99, low: null, high: null, verdict: "undecided" },
        acceptanceRate: 0.5,
        meanAcceptanceLength: 3,
      }),
      settingWith("draft length 8, top-k 10"),
    ],
    hint: "q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once",
    ...changes,
  };
}
