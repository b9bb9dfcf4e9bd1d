import { quantile } from "../../statistics.ts";
import type { Sample } from "../report.ts";

/**
 * What runs of plain decoding spend beside the target, for each pass, in ms: the lower quartile over
 * runs, since what disturbs a machine only ever adds.
 *
 * @returns undefined where nothing was decoded
 */
export function plainOverhead(samples: readonly Sample[]): number | undefined {
  const all = samples.flatMap(({ overheadMs, passes }) =>
    passes === 0 || overheadMs === null ? [] : [overheadMs / passes],
  );
  return all.length === 0 ? undefined : quantile(all, 0.25);
}
