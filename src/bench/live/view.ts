/** What the screen of a running bench shows. */
export interface BenchView {
  /** What goes on, for example "measuring" or "timing batches". */
  readonly activity: string;
  /** Finished runs of all, or other steps; undefined where nothing is counted. */
  readonly counts: { readonly done: number; readonly total: number } | undefined;
  /** Since the begin, in ms. */
  readonly elapsedMs: number;
  /** Undefined where nothing is known yet. */
  readonly leftMs: number | undefined;
  /** The run in hand. */
  readonly run: RunView | undefined;
  /** A row a setting, the table so far. */
  readonly rows: readonly SettingView[];
  /** What keys do, in parts. */
  readonly hint: string;
}

/** One run. */
export interface RunView {
  readonly setting: string;
  /** Prompt id. */
  readonly prompt: string;
  /** From 1; undefined for a warm-up. */
  readonly repetition: number | undefined;
}

/** What a setting came to so far. Figures are undefined as long as there is nothing to tell. */
export interface SettingView {
  readonly name: string;
  /** Whether the run in hand is one of it. */
  readonly inHand: boolean;
  /** Finished runs, without warm-up. */
  readonly runs: number;
  /** Median over runs. */
  readonly tokensPerSecond: number | undefined;
  /** Over plain, as of the last round of all settings. */
  readonly speedup: SpeedupView | undefined;
  /** accepted / drafted. */
  readonly acceptanceRate: number | undefined;
  /** τ: tokens emitted / passes. */
  readonly meanAcceptanceLength: number | undefined;
}

/** A speedup with its 95 % interval, which a single run has not. */
export interface SpeedupView {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: "faster" | "slower" | "undecided" | undefined;
}
