import type { EngineInfo } from "../engine/port.ts";
import { usageError } from "../errors.ts";
import { baselineCells, baselineWarnings } from "./baseline-cells.ts";
import { cellId } from "./cell-id.ts";
import { combinations, countCombinations, fitsTree, type SweepAxes } from "./combinations.ts";
import { type Drafting, type DraftingEffect, effectOf } from "./drafting-effect.ts";
import type { InertAxis } from "./inert-rules.ts";
import { InertWarnings } from "./inert-warnings.ts";
import { plainCell } from "./plain-cell.ts";
import type { BenchSettings, BenchWarning, Cell } from "./report.ts";
import { tooLongHint, tooLongText } from "./too-long.ts";

/** The cells of a sweep and what is to be said about them. */
export interface PlannedCells {
  readonly cells: readonly Cell[];
  readonly warnings: readonly BenchWarning[];
}

/** What a bench runs. */
export interface BenchPlan extends PlannedCells {
  readonly settings: BenchSettings;
}

/** Most combinations that a sweep may have: beyond, a run would never end. */
const maxCombinations = 10_000;

/**
 * Lays out the sweep that the settings describe.
 *
 * @throws UserError as `planCells` does
 */
export function planBench(settings: BenchSettings): BenchPlan {
  return { settings, ...planCells({ ...settings, samplerTopK: settings.sampler.topK }) };
}

/** The same for an engine: without trees it drafts chains where no tree was asked for. */
export function planForEngine(settings: BenchSettings, engine: EngineInfo): BenchPlan {
  const chains = !engine.trees && settings.treeSizes === null;
  return planBench(chains ? { ...settings, treeSizes: [0] } : settings);
}

/**
 * The cells of a sweep: for each temperature plain, then every combination of the other axes, and
 * node-llama-cpp's own decoding where it is asked for. Of
 * combinations that would give the same cell only the first one stays, and a warning says which
 * values cannot act, and why; a draft that is longer than its tree is left out with a warning.
 *
 * @throws UserError (usage) for too many combinations, and where none that drafts is left
 */
export function planCells(axes: SweepAxes): PlannedCells {
  const count = countCombinations(axes);
  if (count > maxCombinations) {
    throw usageError(
      `the axes have ${count} combinations, and a bench takes ${maxCombinations} at most`,
      "Give fewer values.",
    );
  }
  const drafting = axes.temperatures.map((temp) => combinations(axes, temp));
  const tooLong = drafting.flat().filter((each) => !fitsTree(each));
  const inert = new InertWarnings((axis) => givenValues(axes, axis));
  const cells = axes.temperatures.flatMap((temp, i) => [
    plainCell(temp),
    ...(axes.aa ? [plainAgain(temp)] : []),
    ...distinctCells((drafting[i] ?? []).filter(fitsTree), axes, inert),
    ...(axes.baselineRows ? baselineCells(axes, temp) : []),
  ]);
  const nothingLeft = tooLong.length > 0 && tooLong.length === drafting.flat().length;
  if (nothingLeft) throw usageError(tooLongText(tooLong), tooLongHint);
  return {
    cells,
    warnings: [...tooLongWarnings(tooLong), ...inert.warnings(), ...baselineWarnings(axes)],
  };
}

/** A drafting that runs, and what of it acts. */
interface Running extends DraftingEffect {
  readonly drafting: Drafting;
}

function distinctCells(
  draftings: readonly Drafting[],
  { samplerTopK, heads: files = [] }: SweepAxes,
  inert: InertWarnings,
): Cell[] {
  const running = new Map<string, Running>();
  for (const drafting of draftings) {
    const { drafter, heads, adaptive } = drafting;
    const headCount = heads && files[heads.index]?.count;
    const each = { drafting, ...effectOf(drafting, samplerTopK, headCount) };
    const key = JSON.stringify([drafter, heads?.index, adaptive, each.effect]);
    const equal = running.get(key);
    inert.add(each);
    if (equal === undefined) running.set(key, each);
    else inert.addEqual(equal, each);
  }
  return [...running.values()].map(draftCell);
}

/** What is shown is what was asked for, but for what does not act at all. */
function draftCell({ drafting, effect }: Running): Cell {
  const shown = {
    ...drafting,
    draftLen: effect.draftLen,
    topK: drafting.drafter === "ngram" ? effect.topK : drafting.topK,
    treeSize: effect.treeSize === 0 ? 0 : drafting.treeSize,
    pMin: effect.pMin,
    accept: effect.accept,
  };
  return { id: cellId(shown), method: "speculative", ...shown };
}

/** The same once more: what it seems to gain is noise. */
function plainAgain(temp: number): Cell {
  return { ...plainCell(temp), id: `plain-again-t${temp}`, again: true };
}

function givenValues(axes: SweepAxes, axis: InertAxis): string | undefined {
  const { draftLengths, topKs, treeSizes, pMins, accept } = axes;
  const given = {
    "draft-len": draftLengths,
    "top-k": topKs,
    "tree-size": treeSizes,
    "p-min": pMins,
    accept: [accept],
  };
  return given[axis]?.join(",");
}

function tooLongWarnings(tooLong: readonly Drafting[]): BenchWarning[] {
  if (tooLong.length === 0) return [];
  const text = `${tooLongText(tooLong)}: these combinations are left out`;
  return [{ code: "combination-skipped", text, hint: tooLongHint }];
}
