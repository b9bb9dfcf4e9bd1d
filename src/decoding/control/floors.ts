import type { AcceptanceModel } from "./acceptance-model.ts";

/** Draft probabilities of a path: see `DraftRequest.pMin` and `DraftRequest.pGrow`. */
export interface DraftFloors {
  readonly pMin: number;
  readonly pGrow: number;
}

export const noFloors: DraftFloors = { pMin: 0, pGrow: 0 };

/** What drafts up to a size cost, and what their time is worth. */
export interface FloorCosts {
  readonly size: number;
  /** Tokens per ms. */
  readonly rate: number;
  /** ms of one more place in a batch, averaged over the places up to `size`. */
  readonly placeMs: number;
  /** ms of going on with a draft by one token. */
  readonly stepMs: number;
}

/**
 * A token is worth a place in the batch where its chance exceeds what the place costs, in tokens
 * that the same time gives otherwise; it is worth drafting on from where that of the next one does.
 */
export function floorsFor(acceptance: AcceptanceModel, costs: FloorCosts): DraftFloors {
  const { size, rate, stepMs } = costs;
  const placeMs = Math.max(0, costs.placeMs);
  const following = (acceptance.expected(size).at(-1)?.accepted ?? 1) ** (1 / size);
  return {
    pMin: acceptance.confidenceFor(Math.min(0.9, rate * placeMs)),
    pGrow: acceptance.confidenceFor(
      Math.min(0.9, (rate * (placeMs + stepMs)) / Math.max(following, 0.1)),
    ),
  };
}
