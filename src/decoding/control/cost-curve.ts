import { type BatchTime, batchMs } from "./batch-times.ts";

/** How fast a correction follows what is observed, once there were enough observations. */
const followRate = 0.05;
/** Observations that the measured shape of the curve is worth at one size. */
const shapeStrength = 4;
/** An average that follows at `followRate` remembers so many observations. */
const mostWeight = 1 / followRate;
/** One observation moves a correction by no more than this factor: a machine may pause. */
const largestFactor = 3;

/** How much slower the machine is than when it was measured; one for all that runs on it. */
export class Drift {
  /** Logarithm of the factor. */
  logarithm = 0;
  #observed = 0;

  observe(logarithm: number): void {
    this.#observed++;
    const rate = Math.max(followRate, 1 / this.#observed);
    this.logarithm += rate * (logarithm - this.logarithm);
  }
}

/**
 * What a batch of n costs, in ms: a curve that was measured once, corrected by what is observed
 * since. A drift of the machine hits all sizes alike, so the correction has a common factor and one
 * for each size, which also speaks for its neighbours: a measurement that was disturbed is wrong about
 * several sizes, and those that are not chosen are not seen.
 */
export class CostCurve {
  readonly #measured: readonly BatchTime[];
  readonly #drift: Drift;
  readonly #own: { readonly size: number; logarithm: number; weight: number }[] = [];
  /** Entry i: `at(i)` without the drift, as far as it was asked for since the last observation. */
  #known: number[] = [];

  /**
   * @param measured at least one size
   * @param drift shared with other curves of the same machine
   */
  constructor(measured: readonly BatchTime[], drift: Drift) {
    if (measured.length === 0) throw new RangeError("a cost curve needs a measurement");
    this.#measured = measured;
    this.#drift = drift;
  }

  /** ms of a batch of `size`, 0 for none; between sizes it is straight. */
  at(size: number): number {
    const below = Math.floor(size);
    if (below === size) return this.#atWhole(size);
    const from = this.#atWhole(below);
    return from + (this.#atWhole(below + 1) - from) * (size - below);
  }

  observe(size: number, ms: number): void {
    const measured = batchMs(this.#measured, size);
    if (!(ms > 0 && measured > 0)) return;
    const known = this.#drift.logarithm + this.#ownLogarithm(size);
    const limit = Math.log(largestFactor);
    const logarithm = known + clamp(Math.log(ms / measured) - known, -limit, limit);
    this.#drift.observe(logarithm);
    const own = this.#ownOf(size);
    own.weight++;
    own.logarithm +=
      Math.max(followRate, 1 / own.weight) * (logarithm - this.#drift.logarithm - own.logarithm);
    this.#known = [];
  }

  #atWhole(size: number): number {
    this.#known[size] ??= batchMs(this.#measured, size) * Math.exp(this.#ownLogarithm(size));
    return this.#known[size] * Math.exp(this.#drift.logarithm);
  }

  /** The mean of what was observed at all sizes, those near by weighing most. */
  #ownLogarithm(size: number): number {
    let sum = 0;
    let weights = shapeStrength;
    for (const { size: other, logarithm, weight } of this.#own) {
      const counts = likeness(size, other) * Math.min(weight, mostWeight);
      sum += counts * logarithm;
      weights += counts;
    }
    return sum / weights;
  }

  #ownOf(size: number) {
    const known = this.#own.find((own) => own.size === size);
    if (known !== undefined) return known;
    const made = { size, logarithm: 0, weight: 0 };
    this.#own.push(made);
    return made;
  }
}

/** How much one size says of another: half as large or twice as large a sixteenth of itself. */
function likeness(a: number, b: number): number {
  const ratio = a < b ? a / b : b / a;
  return ratio * ratio * ratio * ratio;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
