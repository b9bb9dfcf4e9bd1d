import { nearTieGap } from "../decoding/near-tie.ts";
import type { Difference } from "./report.ts";

/** How a difference from plain is to be read. */
export type DifferenceKind = "near-tie" | "not-lossless" | "unknown";

/** Whether rounding can explain a difference. */
export function kindOf({ logitGap }: Difference): DifferenceKind {
  if (logitGap === null) return "unknown";
  return logitGap < nearTieGap ? "near-tie" : "not-lossless";
}

/** Where a text leaves plain's, for example "token 37 (near tie 0.02)". */
export function wordDifference(difference: Difference): string {
  return `token ${difference.position} (${wordGap(difference)})`;
}

function wordGap(difference: Difference): string {
  const gap = difference.logitGap?.toFixed(2);
  switch (kindOf(difference)) {
    case "near-tie":
      return `near tie ${gap}`;
    case "not-lossless":
      return `gap ${gap}, not a near tie`;
    case "unknown":
      return "gap unknown";
  }
}
