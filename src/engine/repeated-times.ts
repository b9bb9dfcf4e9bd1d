import type { BatchTime } from "../decoding/control/batch-times.ts";
import { quantile } from "../statistics.ts";

/** Adds other times of the same batches. */
export function addTimes(
  times: Map<number, number[]>,
  others: ReadonlyMap<number, readonly number[]>,
): void {
  for (const [size, all] of others) times.set(size, [...(times.get(size) ?? []), ...all]);
}

/** Keeps one more time of a batch. */
export function keep(times: Map<number, number[]>, size: number, ms: number): void {
  times.set(size, [...(times.get(size) ?? []), ms]);
}

/** Nearly the least: what disturbs a machine only ever adds, and at times to most repetitions. */
export function typical(times: readonly number[]): number {
  return quantile(times, 0.1);
}

/** What batches take, by rising size. */
export function typicals(times: ReadonlyMap<number, readonly number[]>): BatchTime[] {
  return [...times]
    .map(([tokens, all]) => ({ tokens, ms: typical(all) }))
    .sort((a, b) => a.tokens - b.tokens);
}
