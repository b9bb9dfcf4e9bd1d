/**
 * A rate that is learned from what happened lately: old observations fade, and where few are left it
 * falls back to a prior.
 */
export class DecayedRate {
  #hits = 0;
  #weight = 0;

  /** Observations that still count. */
  get weight(): number {
    return this.#weight;
  }

  copy(): DecayedRate {
    const copy = new DecayedRate();
    copy.#hits = this.#hits;
    copy.#weight = this.#weight;
    return copy;
  }

  /** Lets all that was observed fade by `factor`, from 0 to 1. */
  fade(factor: number): void {
    this.#hits *= factor;
    this.#weight *= factor;
  }

  observe(hit: boolean): void {
    this.#hits += hit ? 1 : 0;
    this.#weight++;
  }

  /** @param strength how many observations the prior is worth */
  estimate(prior: number, strength: number): number {
    return (this.#hits + prior * strength) / (this.#weight + strength);
  }
}
