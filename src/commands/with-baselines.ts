import { availableMemory } from "node:process";
import { isBaseline } from "../bench/baseline-cells.ts";
import type { BenchPlan } from "../bench/plan.ts";
import type { BenchSettings } from "../bench/report.ts";
import type { BaselineRunner } from "../engine/baseline.ts";
import type { PairInfo, PairOptions } from "../engine/pair.ts";
import { environmentError, usageError } from "../errors.ts";
import { formatBytes } from "../reports/format.ts";
import type { StatusLine } from "./status-line.ts";

/**
 * Refuses baseline rows where there is no node-llama-cpp to measure.
 *
 * @throws UserError (usage)
 */
export function checkBaselineRows(
  { baselineRows }: Pick<BenchSettings, "baselineRows">,
  { engine }: Pick<PairOptions, "engine">,
): void {
  if (!baselineRows || engine !== "fake") return;
  throw usageError(
    "--baseline-rows measures node-llama-cpp, which does not run the fake engine's models",
    "Give GGUF models, or leave --baseline-rows out.",
  );
}

/** What baseline rows are to run with. */
export interface BaselinesWanted {
  readonly plan: BenchPlan;
  /** The pair that is loaded. */
  readonly info: PairInfo;
  readonly wanted: PairOptions;
}

/**
 * Loads the pair a second time, for node-llama-cpp's own API in a process of its own, where the plan
 * has cells of it; and ends that process whatever happens.
 *
 * @throws UserError where memory does not suffice, or a model cannot be loaded there
 * @throws the signal's reason when it is aborted during the load
 */
export async function withBaselines<T>(
  { plan, info, wanted }: BaselinesWanted,
  status: StatusLine,
  signal: AbortSignal,
  work: (baselines: BaselineRunner | undefined) => Promise<T>,
): Promise<T> {
  const cells = plan.cells.filter(isBaseline);
  if (cells.length === 0) return work(undefined);
  const needsDraft = cells.some(({ baseline }) => baseline === "draft");
  const weights = info.target.sizeBytes + (needsDraft ? (info.draft?.sizeBytes ?? 0) : 0);
  // On a GPU node-llama-cpp looks by itself.
  if (info.engine.backend === "cpu") checkRoom(weights, availableMemory());
  status.print(
    `note: --baseline-rows loads the models a second time (${formatBytes(weights)}), in a process of its own`,
  );
  const { draft, ...others } = wanted;
  const { startBaselines } = await import("../engine/node-llama-cpp/baseline-host.ts");
  const baselines = await startBaselines(
    {
      ...others,
      ...(needsDraft && draft !== undefined && { draft }),
      contextSize: info.contextSize,
      threads: info.engine.threads,
    },
    {
      signal,
      onProgress: ({ model, fraction }) => {
        status.show(
          `loading the ${model} model for node-llama-cpp: ${Math.floor(fraction * 100)} %`,
        );
        return true;
      },
    },
  ).finally(() => status.clear());
  try {
    return await work(baselines);
  } finally {
    await baselines.close();
  }
}

/**
 * @param weights bytes of the model files
 * @param available bytes that programs can still take, mapped files of others included
 * @throws UserError where the weights do not fit
 */
export function checkRoom(weights: number, available: number): void {
  if (weights <= available) return;
  throw environmentError(
    "not-enough-memory",
    `--baseline-rows loads the models a second time: that takes ${formatBytes(weights)}, and ${formatBytes(available)} are free`,
    "Close other programs, take smaller models, or leave --baseline-rows out.",
  );
}
