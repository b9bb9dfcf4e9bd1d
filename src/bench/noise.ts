import { driftOf } from "./drift.ts";
import type { MachineLoad, Noise } from "./noise-schema.ts";
import { outliersOf } from "./outliers.ts";
import { isReference } from "./plain-cell.ts";
import type { BenchReport, CellReport, Sample } from "./report.ts";
import { removedStalls } from "./run-pairs.ts";

/**
 * The noise margin where nothing measured it. An interval knows by how much prompts and repetitions
 * differ, and nothing of what is off in all of them alike: memory layout, the other cells' traces in
 * caches, a clock. A hundredth is what two measurements of the same thing are granted.
 */
export const defaultNoiseMargin = 0.01;

/** How quiet the machine was while these cells ran. */
export function noiseOf(cells: readonly CellReport[], load: MachineLoad | null): Noise {
  const samples = cells.flatMap((cell) => cell.samples);
  const lost = samples.reduce((sum, { stallMs = 0 }) => sum + stallMs, 0);
  // Of runs whose passes are not told apart it is not known.
  const watched = samples.filter(({ stallMs }) => stallMs !== undefined);
  const total = watched.reduce((sum, { decodeMs }) => sum + decodeMs, 0);
  return {
    ...measuredMargin(cells),
    outliers: outliersOf(cells),
    stallShare: total > 0 ? lost / total : 0,
    removedStallMs: cells.reduce((sum, { samples }) => sum + removedMs(samples), 0),
    drift: driftOf(cells.filter(isReference)),
    load,
  };
}

function removedMs(samples: readonly Sample[]): number {
  return [...removedStalls(samples).values()].reduce((sum, ms) => sum + ms, 0);
}

/**
 * With `--aa` the margin is what plain seems to gain over itself, where that is more than the
 * default. Its own verdict is held against the default, else it could not fail.
 */
function measuredMargin(cells: readonly CellReport[]): Pick<Noise, "margin" | "measured"> {
  const again = cells.flatMap(({ again, summary }) =>
    again && summary?.speedup ? [Math.abs(summary.speedup.estimate - 1)] : [],
  );
  return { margin: Math.max(defaultNoiseMargin, ...again), measured: again.length > 0 };
}

/** The noise margin of a report, also of one from before there was any. */
export function marginOf({ noise }: Pick<BenchReport, "noise">): number {
  return noise?.margin ?? defaultNoiseMargin;
}

/** Share of its threads that an engine had to give up from which no verdict holds. */
const mostShared = 0.25;

/** Whether other programs took so much of the processors that the figures prove nothing. */
export function isBusy({ noise }: Pick<BenchReport, "noise">): boolean {
  const load = noise?.load ?? null;
  if (load === null) return false;
  return sharedThreads(load) > mostShared * load.threads;
}

/** Threads of the engine that had no core of their own, on average; below 0 with cores to spare. */
export function sharedThreads({ others, cores, threads }: MachineLoad): number {
  return others + threads - cores;
}
