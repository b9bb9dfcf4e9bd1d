import type { Cell } from "../bench/report.ts";
import type { Prediction } from "../bench/tune/predict.ts";
import { visibleText } from "../text/visible-text.ts";

/** Flags that draft as a cell does; those that say no more than the defaults are left out. */
export function draftingFlags({ drafter, draftLen, topK, treeSize, pMin }: Cell): string[] {
  const tree = treeSize > 0;
  return [
    ...["--drafter", drafter, "--draft-len", String(draftLen)],
    ...(drafter === "ngram" && !tree ? [] : ["--top-k", String(topK)]),
    ...(tree ? ["--tree-size", String(treeSize)] : []),
    ...(pMin > 0 ? ["--p-min", String(pMin)] : []),
  ];
}

/** A command as a shell takes it, with quotes where they are needed, on one line. */
export function commandLine(words: readonly string[]): string {
  return words
    .map((word) => visibleText(word, Number.POSITIVE_INFINITY))
    .map((word) => (/^[\w.,:/=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/**
 * What comes nearest in a program that uses node-llama-cpp itself, whose predictors know chains only
 * and look at each token by itself: lines of code.
 *
 * @param prediction of the cell, whose mean draft turns a path's probability into a token's
 * @param ngram tokens that a look-up compares
 */
export function nodeLlamaCppLines(
  { cell, counts }: Prediction,
  ngram: { readonly min: number; readonly max: number },
): string[] {
  const { drafter, draftLen, pMin } = cell;
  if (drafter === "ngram") {
    return [
      "new InputLookupTokenPredictor({",
      `  patternLength: { min: ${ngram.min}, max: ${ngram.max} },`,
      `  predictionLength: { min: 1, max: ${draftLen} }`,
      "})",
    ];
  }
  const mean = counts.draftedPasses === 0 ? 1 : counts.drafted / counts.draftedPasses;
  const confidence = pMin === 0 ? 0 : Number((pMin ** (1 / Math.max(1, mean))).toFixed(2));
  const least = pMin === 0 ? draftLen : 0;
  return [
    "new DraftSequenceTokenPredictor(draftSequence, {",
    `  minTokens: ${least}, maxTokens: ${draftLen}, minConfidence: ${confidence}`,
    "})",
  ];
}

/** In what the predictor differs from the cell; empty where in nothing. */
export function nodeLlamaCppCaveats({ drafter, treeSize, pMin }: Cell): string[] {
  return [
    ...(drafter.includes(",") ? ["it asks the draft model only, without looking up"] : []),
    ...(drafter === "ngram" ? ["it looks the prompt up, and not the answer"] : []),
    ...(treeSize > 0 ? ["it drafts a chain, and no tree"] : []),
    ...(pMin > 0 ? ["minConfidence is of one token, and --p-min of the whole path"] : []),
  ];
}
