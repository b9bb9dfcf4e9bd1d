import type { BaselineRunner } from "../engine/baseline.ts";
import type { GenerateRequest, Pair, RoundTimes } from "../engine/pair.ts";
import { isBaseline } from "./baseline-cells.ts";
import { type BenchEnvironment, buildReport, type ConfirmingRuns } from "./build-report.ts";
import { checkPair } from "./checks.ts";
import type { RunRecord } from "./comparison.ts";
import { cellToConfirm } from "./confirm.ts";
import { checkDistributions } from "./distribution-check.ts";
import { type CpuTimes, LoadMeter } from "./machine-load.ts";
import type { BenchPlan } from "./plan.ts";
import { afterRepetitions } from "./precision.ts";
import {
  type BenchProgress,
  ProgressMeter,
  type ProgressRun,
  type RunsToMake,
} from "./progress.ts";
import type { BenchPrompt, BenchReport, Cell, DistributionCheck, EndedBy } from "./report.ts";
import { requestFor, tokensAtMost } from "./request.ts";
import { runBaseline } from "./run-baseline.ts";
import { type RunOrder, runSample } from "./run-sample.ts";
import { type Round, scheduleRepetitions } from "./schedule.ts";
import { Turns } from "./turns.ts";

/** Who listens to a bench, and what it takes from outside. */
export interface BenchHooks {
  readonly environment: BenchEnvironment;
  /** Stops within one pass; finished runs stay, the one in hand is thrown away. */
  readonly signal?: AbortSignal;
  /** Stops before the next run: the one in hand is finished and kept. */
  readonly stop?: AbortSignal | undefined;
  readonly onProgress?: (progress: BenchProgress) => void;
  /**
   * The report so far: after each round of all cells, of hundreds of rounds after every hundredth part
   * of them, at the end, and before an early end. Never without a sample in it, so that a file of an
   * earlier bench is not lost for nothing.
   */
  readonly onReport?: (report: BenchReport) => void | Promise<void>;
  /** Milliseconds from any fixed point, for the time left. */
  readonly clock?: () => number;
  /** What the processors have done, for tests. */
  readonly cpuTimes?: () => CpuTimes | null;
  /** What the parts of a round take, for the cost model; left out, there is none. */
  readonly times?: RoundTimes | undefined;
  /** What runs node-llama-cpp's own decoding, for a plan that has it; it stays the caller's to close. */
  readonly baselines?: BaselineRunner | undefined;
  /** When the report was made. */
  readonly created?: Date;
}

/** Tokens of a warm-up run at most. */
const warmUpTokens = 16;

/**
 * Runs a bench: warm-up, then for each repetition and prompt all cells, shuffled; as many repetitions
 * as the settings have, or, with `untilCi`, as it takes from there on. Where `timeBudgetMs` is used up
 * no further run begins, but one round of all cells there always is. `preparePrompts` has made the
 * plan's prompts ready.
 *
 * @returns the report; `finished` is false where a signal stopped it
 * @throws UserError where the pair cannot run the plan, and what the pair or `onReport` throws;
 *   finished runs have gone to `onReport` before
 */
export async function runBench(
  pair: Pair,
  plan: BenchPlan,
  hooks: BenchHooks,
): Promise<BenchReport> {
  checkPair(pair.info, plan.cells);
  return new Bench(pair, plan, hooks).run();
}

/** The state of one bench between its runs. */
class Bench {
  readonly #pair: Pair;
  readonly #plan: BenchPlan;
  readonly #hooks: BenchHooks;
  readonly #created: Date;
  /** Repetitions that are begun or to be made. */
  #repetitions: number;
  #hasRound = false;
  #rounds = 0;
  /** Rounds after which the next report is due. */
  #dueAfter = 1;
  #endedBy: EndedBy | undefined;
  #confirming: ConfirmingRuns | undefined;
  #distributions: readonly DistributionCheck[] | undefined;
  readonly #load: LoadMeter;
  readonly #turns: Turns;
  readonly #warmUpTokens: number;
  readonly #clock: () => number;
  readonly #meter: ProgressMeter;
  readonly #runs = new Map<string, RunRecord[]>();
  /** The report of all runs so far, if `onReport` has had it. */
  #reported: BenchReport | undefined;

  constructor(pair: Pair, plan: BenchPlan, hooks: BenchHooks) {
    this.#pair = pair;
    this.#plan = plan;
    this.#hooks = hooks;
    this.#created = hooks.created ?? new Date();
    const { warmup, repetitions, timeBudgetMs, prompts } = plan.settings;
    this.#repetitions = repetitions;
    const beside = hooks.baselines === undefined ? [] : [hooks.baselines];
    this.#load = new LoadMeter(pair, hooks.cpuTimes, beside);
    this.#turns = new Turns([pair, ...beside]);
    this.#warmUpTokens = Math.min(warmUpTokens, tokensAtMost(plan.settings, prompts[0]));
    const runs = [...this.#warmUpRuns(warmup), ...this.#measuredRuns(repetitions)];
    this.#clock = hooks.clock ?? (() => performance.now());
    this.#meter = new ProgressMeter(runs, this.#clock, timeBudgetMs);
  }

  #warmUpRuns(runs: number): RunsToMake[] {
    const tokens = this.#warmUpTokens;
    return this.#plan.cells.map(({ id }) => ({ cell: id, warmUp: true, runs, tokens }));
  }

  #measuredRuns(repetitions: number, cells: readonly Cell[] = this.#plan.cells): RunsToMake[] {
    const { settings } = this.#plan;
    const { prompts } = settings;
    const tokens = mean(prompts.map((prompt) => tokensAtMost(settings, prompt)));
    const runs = prompts.length * repetitions;
    return cells.map(({ id }) => ({ cell: id, warmUp: false, runs, tokens }));
  }

  async run(): Promise<BenchReport> {
    try {
      if (await this.#warmUp()) await this.#measureAll();
      await this.#confirm();
      await this.#checkDistributions();
    } catch (error) {
      if (this.#hasNews()) await this.#report();
      throw error;
    }
    if (this.#hasNews()) await this.#report();
    return this.#reported ?? this.#build();
  }

  /** @returns false when it was stopped */
  async #warmUp(): Promise<boolean> {
    const { cells, settings } = this.#plan;
    const prompt = settings.prompts[0] as BenchPrompt;
    for (let repetition = 0; repetition < settings.warmup; repetition++) {
      for (const cell of cells) {
        const run = { cell, prompt: prompt.id, repetition, warmUp: true };
        const request = this.#request(cell, prompt, settings.seed);
        const short = { ...request, maxTokens: this.#warmUpTokens };
        if ((await this.#run(run, prompt, short)) === undefined) return false;
      }
    }
    return true;
  }

  async #measureAll(): Promise<void> {
    let done = 0;
    for (const rounds of scheduleRepetitions(this.#plan)) {
      for (const [i, round] of rounds.entries()) {
        if (!(await this.#measure(round))) return;
        if (i === rounds.length - 1) done++;
        const goesOn = done < this.#repetitions || this.#goesOn(done);
        await this.#reportIfDue();
        if (!goesOn) return;
      }
    }
  }

  /** @returns false when it was stopped, or the time was used up */
  async #measure(
    { prompt, repetition, seed, cells }: Round,
    runs: Map<string, RunRecord[]> = this.#runs,
  ): Promise<boolean> {
    await this.#load.start();
    for (const cell of cells) {
      // One round there must be, or there is nothing to tell.
      if (this.#hasRound && this.#meter.isOver()) return this.#endForTime();
      const run = { cell, prompt: prompt.id, repetition, warmUp: false };
      const record = await this.#run(run, prompt, this.#request(cell, prompt, seed));
      if (record === undefined) return false;
      keep(runs, cell, record);
      this.#reported = undefined;
    }
    this.#hasRound = true;
    await this.#load.stop();
    return true;
  }

  #endForTime(): false {
    this.#endedBy = "time-budget";
    // The end is news, too.
    this.#reported = undefined;
    return false;
  }

  /** After the last repetition that was planned: one more, or the end. */
  #goesOn(done: number): boolean {
    const next = afterRepetitions(this.#build(), done);
    if (next !== "go-on") {
      this.#endedBy = next === "complete" ? undefined : next;
      return false;
    }
    this.#repetitions++;
    this.#meter.extend(this.#measuredRuns(1));
    return true;
  }

  /**
   * Measures the best of many settings and plain once more. What a signal or the time budget cuts
   * short is left out.
   */
  async #confirm(): Promise<void> {
    const { settings } = this.#plan;
    if (settings.confirm !== true || this.#isStopped() || this.#endedBy === "time-budget") return;
    const found = cellToConfirm(this.#build());
    if (found === undefined) return;
    const { cell, plain } = found;
    const plan = { ...this.#plan, cells: [plain, cell] };
    this.#meter.extend(this.#measuredRuns(this.#repetitions, plan.cells));
    const runs = new Map<string, RunRecord[]>();
    let done = 0;
    for (const rounds of scheduleRepetitions(plan, this.#repetitions)) {
      for (const round of rounds) if (!(await this.#measure(round, runs))) return;
      if (++done === this.#repetitions) break;
    }
    const of = ({ id }: Cell) => runs.get(id) ?? [];
    this.#confirming = { cell: cell.id, own: of(cell), plain: of(plain) };
    this.#reported = undefined;
  }

  /** Behind the measured runs, which it would warm the machine up for. */
  async #checkDistributions(): Promise<void> {
    const { signal, onProgress } = this.#hooks;
    if (!this.#plan.settings.checkDistribution || this.#isStopped()) return;
    const start = this.#clock();
    const tell = (done: number, total: number): void => {
      const etaMs = ((this.#clock() - start) / done) * (total - done);
      onProgress?.({ type: "checking", done, total, etaMs });
    };
    this.#distributions = await checkDistributions(this.#pair, this.#plan, {
      signal,
      isOver: () => this.#isStopped() || this.#meter.isOver(),
      onProgress: tell,
    });
    if (this.#distributions === undefined && !this.#isStopped()) this.#endedBy = "time-budget";
    this.#reported = undefined;
  }

  /** @returns undefined when it was stopped */
  async #run(
    run: ProgressRun,
    prompt: BenchPrompt,
    request: GenerateRequest,
  ): Promise<RunRecord | undefined> {
    const { onProgress } = this.#hooks;
    if (this.#isStopped()) return undefined;
    onProgress?.({ type: "run-start", ...run, ...this.#meter.counts() });
    const order = { prompt, repetition: run.repetition, request };
    const record = await this.#decode(run.cell, order);
    if (record === undefined) return undefined;
    this.#meter.finish(run);
    const { sample } = record;
    onProgress?.({ type: "run-done", ...run, sample, ...this.#meter.counts() });
    return record;
  }

  async #decode(cell: Cell, order: RunOrder): Promise<RunRecord | undefined> {
    const { signal, baselines } = this.#hooks;
    if (!isBaseline(cell)) {
      await this.#turns.take(this.#pair);
      return runSample(this.#pair, order, signal);
    }
    if (baselines === undefined) throw new Error(`nothing runs the cell ${cell.id}`);
    await this.#turns.take(baselines);
    return runBaseline(baselines, cell, order, signal);
  }

  #request(cell: Cell, prompt: BenchPrompt, seed: number): GenerateRequest {
    return requestFor(this.#plan, this.#pair.info, { cell, prompt, seed });
  }

  #isStopped(): boolean {
    const { signal, stop } = this.#hooks;
    return signal?.aborted === true || stop?.aborted === true;
  }

  #hasNews(): boolean {
    return this.#runs.size > 0 && this.#reported === undefined;
  }

  /** A report is built from all samples: after each of thousands of rounds that would take most time. */
  async #reportIfDue(): Promise<void> {
    if (this.#hooks.onReport === undefined || ++this.#rounds < this.#dueAfter) return;
    this.#dueAfter = this.#rounds + Math.max(1, Math.floor(this.#rounds / 100));
    await this.#report();
  }

  async #report(): Promise<void> {
    const report = this.#build();
    // Set first: a report that was refused is not to be handed over again on the way out.
    this.#reported = report;
    await this.#hooks.onReport?.(report);
  }

  #build(): BenchReport {
    return buildReport({
      environment: this.#hooks.environment,
      info: this.#pair.info,
      plan: this.#plan,
      created: this.#created,
      runs: this.#runs,
      repetitions: this.#repetitions,
      endedBy: this.#endedBy,
      distributions: this.#distributions,
      confirming: this.#confirming,
      load: this.#load.load(),
      times: this.#hooks.times,
    });
  }
}

function keep(runs: Map<string, RunRecord[]>, { id }: Cell, record: RunRecord): void {
  const own = runs.get(id);
  if (own === undefined) runs.set(id, [record]);
  else own.push(record);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
