import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until `look` finds something, looking again every 20 ms.
 *
 * @param what named in the error
 * @throws Error after `timeoutMs`
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined,
  timeoutMs = 60_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what} did not come within ${timeoutMs} ms`);
    await sleep(20);
  }
}
