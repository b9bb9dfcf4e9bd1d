import type { PairInfo, RoundTimes } from "../engine/pair.ts";
import type { RunRecord } from "./comparison.ts";
import { withCosts } from "./cost-model/with-costs.ts";
import type { BenchPlan } from "./plan.ts";
import { withRegrets } from "./regret.ts";
import {
  type BenchReport,
  type Cell,
  type CellReport,
  type Machine,
  reportSchemaName,
} from "./report.ts";
import { isRaw } from "./request.ts";
import { summarise } from "./summary.ts";

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
  /** For the cost model; left out, the report has none. */
  readonly times?: RoundTimes | undefined;
}

/** The report as the runs stand. Pure: the same runs give the same report. */
export function buildReport(input: ReportInput): BenchReport {
  const { environment, info, plan, created, runs, times } = input;
  const { settings } = plan;
  const { engine, target, draft, contextSize, notices } = info;
  const cells = withRegrets(plan.cells.map((cell) => cellReport(cell, plan, runs)));
  const report: BenchReport = {
    schema: reportSchemaName,
    created: created.toISOString(),
    finished: cells.every(({ state }) => state === "done"),
    machine: environment.machine,
    versions: { ...environment.versions },
    engine,
    contextSize,
    models: { target, ...(draft !== undefined && { draft }) },
    plan: { ...settings, raw: isRaw(settings.raw, info) },
    cells,
    warnings: [...notices, ...plan.warnings],
  };
  return times === undefined ? report : withCosts(report, times);
}

function cellReport(cell: Cell, plan: BenchPlan, runs: ReportInput["runs"]): CellReport {
  const { prompts, repetitions, seed } = plan.settings;
  const plainCell = plan.cells.find(({ method, temp }) => method === "plain" && temp === cell.temp);
  const own = runs.get(cell.id) ?? [];
  const plain = runs.get(plainCell?.id ?? "") ?? [];
  const { summary, warnings } = summarise({ cell, runs: own, plain, seed });
  const total = prompts.length * repetitions;
  const state = own.length === total ? "done" : own.length > 0 ? "running" : "planned";
  return { ...cell, state, samples: own.map(({ sample }) => sample), summary, warnings };
}
