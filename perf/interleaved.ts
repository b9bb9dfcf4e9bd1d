import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, shuffled } from "../src/decoding/random.ts";
import type { Subject } from "./subject.ts";

/** A small model goes on counting here and never ends its text by itself. */
export const countingPrompt =
  "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26";
/** Tokens that every subject decodes in a run. */
export const tokensOfRun = 64;
/** Where a load puts the weights in memory makes 5 %, so one load of each proves nothing. */
export const loads = 6;
const rounds = 6;
/** Worker threads spin on for a while after a run, and would take a core from the next. */
const pauseMs = 300;

/**
 * Lets subjects decode `tokensOfRun` tokens by turns, in every load anew.
 *
 * @param startAll starts them, in the same order each time
 * @returns for each subject, by load, the tokens/s of its runs
 */
export async function speedsByLoad(startAll: () => Promise<Subject[]>): Promise<number[][][]> {
  const random = seededRandom(1);
  const speeds: number[][][] = [];
  for (let load = 0; load < loads; load++) {
    const subjects = await startAll();
    const ofLoad: number[][] = subjects.map(() => []);
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const i of shuffled([...subjects.keys()], random)) {
        await sleep(pauseMs);
        const ms = await msOf(subjects[i] as Subject);
        if (round > 0) ofLoad[i]?.push((tokensOfRun / ms) * 1000);
      }
    }
    for (const subject of subjects) await subject.close();
    ofLoad.forEach((runs, i) => {
      speeds[i] = [...(speeds[i] ?? []), runs];
    });
  }
  return speeds;
}

/** A ratio over loads: "×1.009 (6 loads: 0.961 to 1.046)". */
export function ratioText(overall: number, ofLoads: readonly number[]): string {
  const [low, high] = [Math.min(...ofLoads), Math.max(...ofLoads)];
  return `×${overall.toFixed(3)} (${loads} loads: ${low.toFixed(3)} to ${high.toFixed(3)})`;
}

async function msOf(subject: Subject): Promise<number> {
  const { tokens, ms } = await subject.run();
  if (tokens === tokensOfRun) return ms;
  throw new Error(`${subject.name} ended after ${tokens} tokens`);
}
