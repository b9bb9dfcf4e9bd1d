import type { GenerateEvent } from "../decoding/events.ts";

/** The events of an answer, in batches from the last to the first: adding one copies nothing. */
export interface EventLog {
  readonly batch: readonly GenerateEvent[];
  readonly before: EventLog | undefined;
}

/** The log with more events at its end. */
export function addEvents(
  before: EventLog | undefined,
  batch: readonly GenerateEvent[],
): EventLog | undefined {
  return batch.length === 0 ? before : { batch, before };
}

/** All events, in the order in which they came. */
export function eventsOf(log: EventLog | undefined): GenerateEvent[] {
  const batches: (readonly GenerateEvent[])[] = [];
  for (let each = log; each !== undefined; each = each.before) batches.push(each.batch);
  return batches.reverse().flat();
}
