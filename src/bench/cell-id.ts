import { maxAdaptiveLength } from "../limits.ts";
import type { Drafting } from "./drafting-effect.ts";

/**
 * The short, stable name of a drafting cell, for example `draft-n4-k10-s8-p0.4-t0.8-typical` or
 * `heads-chained-n4-k1-t0`.
 */
export function cellId(drafting: Drafting): string {
  const { drafter, heads, draftLen, adaptive, topK, treeSize, pMin, temp, accept } = drafting;
  return [
    drafter.replace(",", "+"),
    ...(heads === undefined ? [] : [heads.name.replaceAll(/[^\w.-]+/g, "-")]),
    adaptive ? `auto${boundOfAuto(drafting) ?? ""}` : `n${draftLen}`,
    // A lookup has the candidates that it has.
    ...(drafter === "ngram" ? [] : [`k${topK}`]),
    ...(treeSize > 0 ? [`s${treeSize}`] : []),
    ...(pMin > 0 ? [`p${pMin}`] : []),
    `t${temp}`,
    ...(accept === "typical" ? ["typical"] : []),
  ].join("-");
}

/**
 * The longest draft that may be chosen, where neither the tree's size nor the limit of all says it:
 * a chain is bounded by a tree's size too, and heads by their number.
 */
export function boundOfAuto({
  adaptive,
  draftLen,
  treeSize,
}: Pick<Drafting, "adaptive" | "draftLen" | "treeSize">): number | undefined {
  return adaptive && draftLen < maxAdaptiveLength && draftLen !== treeSize ? draftLen : undefined;
}
