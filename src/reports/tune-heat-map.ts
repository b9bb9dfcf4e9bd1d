import { bestOfEach, type Prediction } from "../bench/tune/predict.ts";
import type { Colours } from "./colours.ts";
import { noNumber } from "./format.ts";
import { topKText } from "./labels.ts";

/** Speedups nearer to 1 than this have no colour. */
const margin = 0.02;
const gap = "  ";

/**
 * Predicted speedups as a map: draft lengths from left to right, candidates downwards, for each
 * drafter one map; each with the tree size and p-min that are best there. The numbers are always
 * there; colours say faster, slower and, in bold, fastest of all.
 *
 * @param width columns of the terminal; lengths that do not fit go into further maps
 */
export function heatMaps(
  predictions: readonly Prediction[],
  width: number,
  colours: Colours,
): string[] {
  const best = bestOfEach(predictions);
  const drafters = [...new Set(predictions.map(({ cell }) => cell.drafter))];
  return drafters.flatMap((drafter) => {
    const own = best.filter(({ cell }) => cell.drafter === drafter);
    const lengths = sorted(own.map(({ cell }) => cell.draftLen));
    const perMap = Math.max(1, Math.floor((width - head.length) / (cellWidth + gap.length)));
    const parts = Array.from({ length: Math.ceil(lengths.length / perMap) }, (_, i) =>
      lengths.slice(i * perMap, (i + 1) * perMap),
    );
    return parts.flatMap((part) => [`drafter ${drafter}`, ...map(own, part, best[0], colours), ""]);
  });
}

const head = "  top-k ╲ draft len";
const cellWidth = "×1.23".length;

function map(
  own: readonly Prediction[],
  lengths: readonly number[],
  fastest: Prediction | undefined,
  colours: Colours,
): string[] {
  const title = lengths.map((length) => String(length).padStart(cellWidth)).join(gap);
  const topKs = sorted(own.map(({ cell }) => cell.topK || Number.POSITIVE_INFINITY));
  const rows = topKs.map((value) => {
    const topK = Number.isFinite(value) ? value : 0;
    const texts = lengths.map((length) => {
      const found = own.find(({ cell }) => cell.topK === topK && cell.draftLen === length);
      return found === undefined
        ? noNumber.padStart(cellWidth)
        : paint(found, found === fastest, colours);
    });
    const name = topKText({ ...(own[0] as Prediction).cell, topK }).padStart(head.length);
    return name + gap + texts.join(gap);
  });
  return [colours.dim(head + gap + title), ...rows];
}

function paint({ speedup }: Prediction, fastest: boolean, colours: Colours): string {
  const text = `×${speedup.toFixed(2)}`.padStart(cellWidth);
  const mood =
    speedup > 1 + margin ? colours.good(text) : speedup < 1 - margin ? colours.bad(text) : text;
  return fastest ? colours.bold(mood) : mood;
}

function sorted(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
