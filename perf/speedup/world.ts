import type { TimedRun } from "../../src/bench/run-pairs.ts";
import { type PassTime, stallMs } from "../../src/bench/stalls.ts";
import type { Random } from "../../src/decoding/random.ts";

/** A bench whose true speedup is known. */
export interface SpeedupWorld {
  readonly prompts: number;
  readonly repetitions: number;
  /** True speedup over plain: the geometric mean over all prompts that there could be. */
  readonly ratio: number;
  /** Share of the runs that stall: 0 … 1. */
  readonly stalls: number;
}

/** Standard deviations of a prompt's speedup, of a run's speed and of a pass's time, as shares. */
const spread = { prompt: 0.1, run: 0.03, pass: 0.05 };
/** Passes of a run: its tokens after the first. */
const passes = 48;
const passMs = 10;
/** A stall takes so many times the whole run's time, spread over so many passes at most. */
const stall = { least: 0.5, most: 5, passes: 3 };

/** The runs of one such bench, the cell's own and plain's. */
export function simulateBench(
  { prompts, repetitions, ratio, stalls }: SpeedupWorld,
  random: Random,
): { readonly own: TimedRun[]; readonly plain: TimedRun[] } {
  const own: TimedRun[] = [];
  const plain: TimedRun[] = [];
  for (let i = 0; i < prompts; i++) {
    const speed = ratio * Math.exp(spread.prompt * standardNormal(random));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const run = { prompt: String(i), repetition, tokens: passes + 1 };
      own.push({ ...run, ...simulateTime(speed, stalls, random) });
      plain.push({ ...run, ...simulateTime(1, stalls, random) });
    }
  }
  return { own, plain };
}

function simulateTime(speed: number, stalls: number, random: Random) {
  const usual = (passMs / speed) * Math.exp(spread.run * standardNormal(random));
  const times: PassTime[] = Array.from({ length: passes }, () => ({
    size: 0,
    ms: usual * Math.exp(spread.pass * standardNormal(random)),
  }));
  if (random() < stalls) addStall(times, usual * passes, random);
  return { decodeMs: times.reduce((sum, { ms }) => sum + ms, 0), stallMs: stallMs(times) };
}

function addStall(times: PassTime[], runMs: number, random: Random): void {
  const lost = runMs * stall.least * (stall.most / stall.least) ** random();
  const pieces = 1 + Math.floor(random() * stall.passes);
  for (let i = 0; i < pieces; i++) {
    const at = Math.floor(random() * times.length);
    const { size, ms } = times[at] as PassTime;
    times[at] = { size, ms: ms + lost / pieces };
  }
}

/** By Box and Muller 1958: one of the two numbers that it gives. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
