import { describe, expect, it } from "vitest";
import { type Decoder, Turns } from "../../../src/bench/turns.ts";

/** A process that uses a whole core until it was looked at so often. */
function busyFor(looks: number): Decoder & { readonly looked: () => number } {
  const start = performance.now();
  let looked = 0;
  let restedAt = Number.POSITIVE_INFINITY;
  return {
    looked: () => looked,
    cpuMs: async () => {
      const now = performance.now();
      if (++looked === looks) restedAt = now;
      return Math.min(now, restedAt) - start;
    },
  };
}

describe("Turns", () => {
  it("waits until the process that ran before is idle", async () => {
    const [first, second] = [busyFor(4), busyFor(1)];
    await new Turns([first, second]).take(second);
    // The fourth look is the last of a busy process, the fifth finds that nothing was used since.
    expect(first.looked()).toBe(5);
    expect(second.looked()).toBe(0);
  });

  it("asks nothing of a process that goes on", async () => {
    const [first, second] = [busyFor(1), busyFor(1)];
    const turns = new Turns([first, second]);
    await turns.take(first);
    const looked = second.looked();
    await turns.take(first);
    await turns.take(first);
    expect(second.looked()).toBe(looked);
    await turns.take(second);
    expect(first.looked()).toBeGreaterThan(0);
  });

  it("takes a process for idle that does not tell", async () => {
    const [silent, other] = [{}, {}];
    await new Turns([silent, other]).take(other);
  });
});
