import { DecayedRate } from "./decayed-rate.ts";

/** After so many passes an observation counts half. */
const halfLifePasses = 40;
const fading = 0.5 ** (1 / halfLifePasses);
/** The same for a drafter that was not asked. */
const idleFading = 0.5 ** (1 / 40);
/** What a pair that nothing is known of is taken to accept of a tested token. */
const typicalAlpha = 0.7;
/** Observations that a prior is worth. */
const priorStrength = 2;
/** Tested tokens that speak for a rank that was never drafted, at most. */
const chainStrength = 6;
/** Standard deviations that the optimist adds. */
const optimism = 1.3;
/** After so many tested tokens one counts half, of those that show whether acceptance has changed. */
const recentFading = 0.5 ** (1 / 8);
/** Standard deviations between the recent and all others that are no chance. */
const changeDeviations = 3;
/** Fewer tested tokens show no change. */
const changeFrom = 12;
/** What counts of what was known before a change. */
const afterChange = 0.1;
const confidenceStrength = 2;
/** A class of confidence with fewer observations is not known, and kept in until it is. */
const knownFrom = 16;
/** Upper ends of the classes of path probability, each within its class; the last one is 1. */
const classEnds = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1];

/** One drafted token, in the order of the draft: by position in a chain, likeliest first in a tree. */
export interface DraftedRank {
  /** The draft's probability of the path down to it; NaN where the drafter has none. */
  readonly path: number;
  readonly accepted: boolean;
}

/** What is expected of a rank: the share of drafts that have it, and of those, accepted ones. */
export interface ExpectedRank {
  readonly drafted: number;
  readonly accepted: number;
}

/**
 * How likely drafted tokens are to be accepted, learned from the passes so far: by their rank in the
 * draft, and by what the draft says of itself.
 */
export class AcceptanceModel {
  readonly #accepted: DecayedRate[] = [];
  readonly #drafted: DecayedRate[] = [];
  #tested = new DecayedRate();
  #recent = new DecayedRate();
  readonly #byConfidence = classEnds.map(() => new DecayedRate());

  /**
   * @param wanted tokens that were asked for; a drafter may have proposed fewer
   * @param ranks the drafted ones
   * @param mismatch whether the target turned a drafted token down
   */
  observe(wanted: number, ranks: readonly DraftedRank[], mismatch: boolean): void {
    for (const rate of this.#drafted) rate.fade(fading);
    // Also where a floor has kept all out: what it keeps out has to be forgotten in time.
    for (const rate of this.#byConfidence) rate.fade(fading);
    for (let i = 0; i < wanted; i++) this.#rate(this.#drafted, i).observe(i < ranks.length);
    // Where nothing was drafted nothing was learned of what is, and nothing is forgotten.
    if (ranks.length === 0) return;
    for (const rate of this.#accepted) rate.fade(fading);
    this.#tested.fade(fading);
    ranks.forEach(({ path, accepted }, i) => {
      this.#rate(this.#accepted, i).observe(accepted);
      if (accepted) this.#test(true);
      if (!Number.isNaN(path)) this.#byConfidence[classOf(path)]?.observe(accepted);
    });
    if (mismatch) this.#test(false);
    this.#forgetOnChange();
  }

  /** Observations of a rank, counted from 0, that still count. */
  knowledgeOf(rank: number): number {
    return this.#accepted[rank]?.weight ?? 0;
  }

  /** A pass that asked for nothing: what is known gets old. */
  rest(): void {
    for (const rate of [...this.#accepted, this.#tested, this.#recent]) rate.fade(idleFading);
  }

  /** For each rank up to `size`: the share of drafts that have it, and of those, accepted ones. */
  expected(size: number): readonly ExpectedRank[] {
    return this.#expected(size, 0);
  }

  /** The same as it may well be, where little is known; of drafts that no floor cuts short. */
  hoped(size: number): readonly ExpectedRank[] {
    return this.#expected(size, optimism);
  }

  #expected(size: number, deviations: number): readonly ExpectedRank[] {
    const alpha = this.#tested.estimate(typicalAlpha, priorStrength);
    const tested = priorStrength + Math.min(this.#tested.weight, chainStrength - priorStrength);
    const ranks: ExpectedRank[] = [];
    let [drafted, accepted] = [1, 1];
    for (let i = 0; i < size; i++) {
      const prior = accepted * alpha;
      const rate = this.#accepted[i];
      const mean = rate?.estimate(prior, tested) ?? prior;
      const known = tested + (rate?.weight ?? 0);
      const spread = Math.sqrt((mean * (1 - mean)) / (known + 1));
      drafted = this.#drafted[i]?.estimate(drafted, priorStrength) ?? drafted;
      accepted = Math.min(accepted, mean + deviations * spread);
      ranks.push({ drafted, accepted });
    }
    return ranks;
  }

  #test(accepted: boolean): void {
    this.#tested.observe(accepted);
    this.#recent.fade(recentFading);
    this.#recent.observe(accepted);
  }

  /** A text that gets easier or harder makes what was learned before worthless. */
  #forgetOnChange(): void {
    const [recent, all] = [this.#recent, this.#tested];
    if (all.weight - recent.weight < changeFrom) return;
    const before = all.estimate(typicalAlpha, priorStrength);
    const difference = Math.abs(recent.estimate(before, priorStrength) - before);
    const spread = Math.sqrt(before * (1 - before) * (1 / recent.weight + 1 / all.weight));
    if (difference < changeDeviations * spread) return;
    for (const rate of [...this.#accepted, ...this.#byConfidence]) rate.fade(afterChange);
    this.#tested = recent.copy();
  }

  /**
   * The path probability, as the draft says it, below which `acceptance` is not reached: 0 where
   * nothing is known to lie below, more than 1 where no path is known to reach it. What was kept out
   * is forgotten in time and tried again.
   */
  confidenceFor(acceptance: number): number {
    for (let i = classEnds.length - 1; i >= 0; i--) {
      const from = classEnds[i - 1] ?? 0;
      const middle = (from + (classEnds[i] as number)) / 2;
      const rate = this.#byConfidence[i] as DecayedRate;
      if (rate.weight < knownFrom) continue;
      // A class holds its upper end, and what lies at a floor is not below it.
      if (rate.estimate(middle, confidenceStrength) < acceptance)
        return justAbove(classEnds[i] as number);
    }
    return 0;
  }

  #rate(rates: DecayedRate[], i: number): DecayedRate {
    rates[i] ??= new DecayedRate();
    return rates[i];
  }
}

function classOf(path: number): number {
  const found = classEnds.findIndex((end) => path <= end);
  return found < 0 ? classEnds.length - 1 : found;
}

/** @param number within (0, 1] */
function justAbove(number: number): number {
  return number + Number.EPSILON;
}
