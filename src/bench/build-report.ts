import type { PairInfo, RoundTimes } from "../engine/pair.ts";
import type { RunRecord } from "./comparison.ts";
import { confirmationOf } from "./confirm.ts";
import { isSteady } from "./cost-model/steadiness.ts";
import { withCosts } from "./cost-model/with-costs.ts";
import { distributionWarnings } from "./distribution-check.ts";
import { endWarnings } from "./end-warnings.ts";
import { defaultNoiseMargin, isBusy, noiseOf } from "./noise.ts";
import type { MachineLoad, Noise } from "./noise-schema.ts";
import { noiseWarnings } from "./noise-warnings.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchPlan } from "./plan.ts";
import { withPlausibility } from "./plausibility.ts";
import { withRegrets } from "./regret.ts";
import {
  type BenchReport,
  type Cell,
  type CellReport,
  type DistributionCheck,
  type EndedBy,
  type Machine,
  reportSchemaName,
} from "./report.ts";
import { isRaw } from "./request.ts";
import { withSimultaneous } from "./simultaneous.ts";
import { summarise } from "./summary.ts";
import { verdictOf } from "./verdict.ts";

/** Where a bench ran. */
export interface BenchEnvironment {
  readonly machine: Machine;
  /** By name: specdec, nodeLlamaCpp, llamaCpp, … */
  readonly versions: Readonly<Record<string, string>>;
}

/** Runs that confirm a cell, in the order in which they were made. */
export interface ConfirmingRuns {
  /** Id. */
  readonly cell: string;
  readonly own: readonly RunRecord[];
  readonly plain: readonly RunRecord[];
}

/** What a report is built from. */
export interface ReportInput {
  readonly environment: BenchEnvironment;
  readonly info: PairInfo;
  readonly plan: BenchPlan;
  readonly created: Date;
  /** Finished runs by cell id. */
  readonly runs: ReadonlyMap<string, readonly RunRecord[]>;
  /** Repetitions begun or to be made; those of the settings where left out. */
  readonly repetitions?: number;
  /** Why it ended, where not for having made its repetitions. */
  readonly endedBy?: EndedBy | undefined;
  /** What `--check-distribution` found; left out before it has. */
  readonly distributions?: readonly DistributionCheck[] | undefined;
  /** What ran beside it, where that was measured. */
  readonly load?: MachineLoad | null;
  /** Runs of the best cell and of plain that confirm the sweep; left out before there are any. */
  readonly confirming?: ConfirmingRuns | undefined;
  /** For the cost model; left out, the report has none. */
  readonly times?: RoundTimes | undefined;
}

/** The report as the runs stand. Pure: the same runs give the same report. */
export function buildReport(input: ReportInput): BenchReport {
  const { environment, info, plan, created, endedBy, distributions, times, load = null } = input;
  const { settings } = plan;
  const { engine, target, draft, heads, contextSize, notices } = info;
  const repetitions = input.repetitions ?? settings.repetitions;
  const isChecked = !settings.checkDistribution || distributions !== undefined;
  const measured = withRegrets(
    plan.cells.map((cell) => cellReport(cell, input)),
    settings.seed,
  );
  const isMeasured = measured.every(({ state }) => state === "done");
  const noise = noiseOf(measured, load);
  const verdicts = measured.map((cell) => withVerdict(cell, noise));
  const cells = isMeasured ? withSimultaneous(verdicts, settings.seed) : verdicts;
  const report: BenchReport = {
    schema: reportSchemaName,
    created: created.toISOString(),
    finished: isMeasured && (isChecked || endedBy !== undefined),
    ...(endedBy !== undefined && { endedBy }),
    machine: environment.machine,
    versions: { ...environment.versions },
    engine,
    contextSize,
    models: {
      target,
      ...(draft !== undefined && { draft }),
      ...(heads !== undefined && heads.length > 0 && { heads }),
    },
    plan: { ...settings, repetitions, raw: isRaw(settings, info) },
    cells,
    ...confirmed(cells, input),
    noise,
    ...(distributions !== undefined && { distributions }),
    warnings: [
      ...notices,
      ...plan.warnings,
      ...noiseWarnings(noise, cells),
      ...endWarnings(endedBy, settings, cells),
      ...distributionWarnings(distributions ?? [], cells),
    ],
  };
  const costed = times === undefined ? report : withCosts(report, times);
  // A prediction from costs that did not repeat says nothing against what was measured.
  const check = { margin: noise.margin, trustsCosts: times !== undefined && isSteady(times) };
  return { ...costed, cells: costed.cells.map((cell) => withPlausibility(cell, check)) };
}

function cellReport(cell: Cell, input: ReportInput): CellReport {
  const { plan, runs, endedBy } = input;
  const { prompts, seed } = plan.settings;
  const own = runs.get(cell.id) ?? [];
  const plain = runs.get(plainOf(plan.cells, cell.temp)?.id ?? "") ?? [];
  const { summary, warnings } = summarise({ cell, runs: own, plain, seed });
  const total = prompts.length * (input.repetitions ?? plan.settings.repetitions);
  const isDone = own.length === total || (endedBy !== undefined && own.length > 0);
  const state = isDone ? "done" : own.length > 0 ? "running" : "planned";
  return { ...cell, state, samples: own.map(({ sample }) => sample), summary, warnings };
}

function confirmed(
  cells: readonly CellReport[],
  { plan, confirming }: ReportInput,
): Pick<BenchReport, "confirmation"> {
  if (confirming === undefined) return {};
  const samples = (runs: readonly RunRecord[]) => runs.map(({ sample }) => sample);
  const { cell, own, plain } = confirming;
  const runs = { cell, own: samples(own), plain: samples(plain) };
  const confirmation = confirmationOf(cells, plan.settings.seed, runs);
  return confirmation === undefined ? {} : { confirmation };
}

/** The margin is known only when all cells are. */
function withVerdict(cell: CellReport, noise: Noise): CellReport {
  const { summary } = cell;
  if (!summary?.speedup) return cell;
  // The margin that --aa measured is its own row's distance from 1, which could never exceed it.
  const margin = cell.again ? defaultNoiseMargin : noise.margin;
  const verdict = isBusy({ noise }) ? "undecided" : verdictOf(summary.speedup, margin);
  return { ...cell, summary: { ...summary, verdict } };
}
