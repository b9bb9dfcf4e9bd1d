import type { BenchSettings, BenchWarning, Cell } from "./report.ts";

/** The cells of a sweep and what is to be said about them. */
export interface PlannedCells {
  readonly cells: readonly Cell[];
  readonly warnings: readonly BenchWarning[];
}

/** What a bench runs. */
export interface BenchPlan extends PlannedCells {
  readonly settings: BenchSettings;
}

/** The axes of a sweep. */
export interface SweepAxes {
  /** 0 is plain, which is a row anyway. */
  readonly draftLengths: readonly number[];
  /** Candidate filters of the draft; 0 keeps all. */
  readonly topKs: readonly number[];
  readonly temperatures: readonly number[];
  /** The sampler's own top-k; 0 keeps all. */
  readonly samplerTopK: number;
}

/** Lays out the sweep that the settings describe. */
export function planBench(settings: BenchSettings): BenchPlan {
  const { draftLengths, topKs, temperatures, sampler } = settings;
  const axes = { draftLengths, topKs, temperatures, samplerTopK: sampler.topK };
  return { settings, ...planCells(axes) };
}

/**
 * The cells of a sweep: for each temperature plain, then every draft length with every top-k.
 * Where top-k values would give the same cell only the first one stays, and a warning says so.
 */
export function planCells(axes: SweepAxes): PlannedCells {
  const { draftLengths, topKs, temperatures } = axes;
  const lengths = draftLengths.filter((length) => length > 0);
  const cells = temperatures.flatMap((temp) => [
    plainCell(temp),
    ...lengths.flatMap((length) =>
      distinctTopKs(axes, temp).map((topK) => draftCell(length, topK, temp)),
    ),
  ]);
  if (lengths.length === 0) return { cells, warnings: [] };
  const inert = temperatures.filter((temp) => distinctTopKs(axes, temp).length < topKs.length);
  return { cells, warnings: inert.map((temp) => inertWarning(axes, temp)) };
}

function plainCell(temp: number): Cell {
  return {
    id: `plain-t${temp}`,
    method: "plain",
    drafter: "none",
    draftLen: 0,
    topK: 0,
    treeSize: 0,
    pMin: 0,
    temp,
  };
}

function draftCell(draftLen: number, topK: number, temp: number): Cell {
  return {
    id: `draft-n${draftLen}-k${topK}-t${temp}`,
    method: "speculative",
    drafter: "draft",
    draftLen,
    topK,
    treeSize: 0,
    pMin: 0,
    temp,
  };
}

/** The top-k values that give different chains; the first of equals. */
function distinctTopKs({ topKs, samplerTopK }: SweepAxes, temp: number): number[] {
  const first = new Map<number, number>();
  for (const topK of topKs) {
    const effect = effectOf(topK, samplerTopK, temp);
    if (!first.has(effect)) first.set(effect, topK);
  }
  return [...first.values()];
}

/** A number that is equal for top-k values between which a chain cannot tell. */
function effectOf(topK: number, samplerTopK: number, temp: number): number {
  // The likeliest candidate is the likeliest, however many stay beside it.
  if (temp <= 0) return 1;
  // The draft follows the sampler, whose own top-k has left no more than that.
  if (samplerTopK > 0 && (topK === 0 || topK >= samplerTopK)) return samplerTopK;
  return topK;
}

function inertWarning({ topKs, samplerTopK }: SweepAxes, temp: number): BenchWarning {
  const given = topKs.join(",");
  if (temp <= 0) {
    return {
      code: "axis-inert",
      text: `--top-k ${given} cannot act on a chain at temperature 0: the likeliest candidate stays the same, so equal cells are run once`,
      hint: "Raise --temp above 0 to see what the filter does.",
    };
  }
  return {
    code: "axis-inert",
    text: `of --top-k ${given} those from ${samplerTopK} up, and 0, are equal behind --sampler-top-k ${samplerTopK}, so they are run once`,
    hint: "Give --top-k values below --sampler-top-k.",
  };
}
