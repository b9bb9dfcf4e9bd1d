import type { RoundEvent } from "../decoding/events.ts";
import { median } from "../statistics.ts";

/** How long a pass took, and how much it drafted, which decides how long it should. */
export interface PassTime {
  readonly size: number;
  readonly ms: number;
}

/** Times of its median from which on a pass has stood still. */
const factor = 5;
/** Passes of a size that have a median worth the name. */
const fewest = 5;

/** A pass with its draft and all overhead. */
export function passTime({ drafted, draftMs, verifyMs, overheadMs }: RoundEvent): PassTime {
  return { size: drafted.length, ms: draftMs + verifyMs + overheadMs };
}

/** Time that passes lost that took many times what passes of their size take, in ms. */
export function stallMs(passes: readonly PassTime[]): number {
  const bySize = new Map<number, number[]>();
  for (const { size, ms } of passes) bySize.set(size, [...(bySize.get(size) ?? []), ms]);
  let lost = 0;
  for (const times of bySize.values()) {
    if (times.length < fewest) continue;
    const usual = median(times);
    for (const ms of times) if (ms > factor * usual) lost += ms - usual;
  }
  return lost;
}
