import type { GenerateEvent } from "../decoding/events.ts";

/**
 * Hands over events together that come together, so that what they change is drawn once.
 *
 * @throws what the stream throws, after the events before it
 */
export async function streamBatches(
  events: AsyncIterable<GenerateEvent>,
  deliver: (batch: readonly GenerateEvent[]) => void,
): Promise<void> {
  let batch: GenerateEvent[] = [];
  let timer: NodeJS.Immediate | undefined;
  const flush = (): void => {
    timer = undefined;
    const ready = batch;
    batch = [];
    if (ready.length > 0) deliver(ready);
  };
  try {
    for await (const event of events) {
      batch.push(event);
      // Events that are there already come before the next turn of the event loop.
      timer ??= setImmediate(flush);
    }
  } finally {
    clearImmediate(timer);
    flush();
  }
}
