import type { Random } from "../../src/decoding/random.ts";

/**
 * What `run` does, and how likely each of its results is, for a source of truly uniform numbers:
 * exactly, up to 2^-40 a breakpoint. It sees only what `run` tells.
 *
 * `run` is called with scripted numbers and must name, by its `trace`, everything that depends on
 * them: two numbers with the same trace have led to the same state. Between two numbers with one
 * trace all numbers must have it, which holds for comparisons with a threshold and for inversion.
 */
export function integrate<T>(run: (random: Random, trace: Trace) => T): Outcome<T>[] {
  const outcomes: Outcome<T>[] = [];
  const explore = (script: readonly number[], probability: number): void => {
    const { result } = attempt(run, script);
    if (result !== undefined) {
      outcomes.push({ result: result.value, probability });
      return;
    }
    for (const { at, width } of steps((u) => attempt(run, [...script, u]).trace)) {
      explore([...script, at], probability * width);
    }
  };
  explore([], 1);
  return outcomes;
}

export interface Outcome<T> {
  readonly result: T;
  readonly probability: number;
}

/** Notes something that happened. */
export type Trace = (note: string) => void;

const exhausted = new Error("the script has no more numbers");

function attempt<T>(run: (random: Random, trace: Trace) => T, script: readonly number[]) {
  let trace = "";
  let next = 0;
  const random = (): number => {
    const u = script[next++];
    if (u === undefined) throw exhausted;
    trace += "|";
    return u;
  };
  const note: Trace = (text) => {
    trace += `${text};`;
  };
  try {
    const value = run(random, note);
    return { trace: `${trace}=${JSON.stringify(value)}`, result: { value } };
  } catch (error) {
    if (error !== exhausted) throw error;
    // How far it came says what the last number did.
    return { trace: `${trace}?${next}`, result: undefined };
  }
}

/** The steps of a step function on [0, 1): a point in each, and its width. */
function steps(f: (u: number) => string): { at: number; width: number }[] {
  const found: { at: number; from: number }[] = [{ at: 0, from: 0 }];
  const search = (low: number, atLow: string, high: number, atHigh: string): void => {
    if (atLow === atHigh) return;
    const middle = (low + high) / 2;
    if (high - low < 2 ** -40) {
      found.push({ at: high, from: middle });
      return;
    }
    const atMiddle = f(middle);
    search(low, atLow, middle, atMiddle);
    search(middle, atMiddle, high, atHigh);
  };
  const last = 1 - 2 ** -32;
  search(0, f(0), last, f(last));
  return found.map(({ at, from }, i) => ({ at, width: (found[i + 1]?.from ?? 1) - from }));
}
