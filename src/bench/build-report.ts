import type { PairInfo, RoundTimes } from "../engine/pair.ts";
import type { RunRecord } from "./comparison.ts";
import { withCosts } from "./cost-model/with-costs.ts";
import { distributionWarnings } from "./distribution-warnings.ts";
import { endWarnings } from "./end-warnings.ts";
import { defaultNoiseMargin, noiseOf } from "./noise.ts";
import type { MachineLoad } from "./noise-schema.ts";
import { noiseWarnings } from "./noise-warnings.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchPlan } from "./plan.ts";
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
import { summarise } from "./summary.ts";
import { verdictOf } from "./verdict.ts";

/** Where a bench ran. */
export interface BenchEnvironment {
  readonly machine: Machine;
  /** By name: specdec, nodeLlamaCpp, llamaCpp, … */
  readonly versions: Readonly<Record<string, string>>;
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
  const measured = withRegrets(plan.cells.map((cell) => cellReport(cell, input)));
  const noise = noiseOf(measured, load);
  const cells = measured.map((cell) => withVerdict(cell, noise.margin));
  const report: BenchReport = {
    schema: reportSchemaName,
    created: created.toISOString(),
    finished: cells.every(({ state }) => state === "done") && (isChecked || endedBy !== undefined),
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
    plan: { ...settings, repetitions, raw: isRaw(settings.raw, info) },
    cells,
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
  return times === undefined ? report : withCosts(report, times);
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

/** The margin is known only when all cells are. */
function withVerdict(cell: CellReport, margin: number): CellReport {
  const { summary } = cell;
  if (!summary?.speedup) return cell;
  // A margin that plain's second measurement gave itself could not be exceeded by it.
  const verdict = verdictOf(summary.speedup, cell.again ? defaultNoiseMargin : margin);
  return { ...cell, summary: { ...summary, verdict } };
}
