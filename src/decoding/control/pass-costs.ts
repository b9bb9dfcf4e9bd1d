import { type BatchTime, batchMs } from "./batch-times.ts";
import { CostCurve, Drift } from "./cost-curve.ts";

/** What drafting with a model costs: a draft model, or heads. */
export interface ModelCosts {
  /** First batches of a draft, of rising sizes from 1: with all that has to be caught up on. */
  readonly batches: readonly BatchTime[];
  /** ms of a step after that. */
  readonly stepMs: number;
  /** Whether a draft of any length is one batch, and nothing has to be caught up on. */
  readonly oneBatch?: boolean;
}

/** What was measured of the batches of a pass. */
export interface MeasuredCosts {
  /** Target batches of rising sizes from 1. */
  readonly target: readonly BatchTime[];
  readonly model?: ModelCosts;
}

/** Times of a pass that has ended, in ms. */
export interface PassTimes {
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** A model that is caught up with serves so many passes from there on, at most. */
const mostPassesAhead = 16;
/** Passes over which overhead, and what is usual to catch up on, are averaged. */
const overheadPasses = 20;
const usualPasses = 10;

/** What passes cost, in ms: as measured at first, and corrected by every pass. */
export class PassCosts {
  readonly #target: CostCurve;
  readonly #model: ModelCosts | undefined;
  /** Drafting so many tokens. */
  readonly #drafts: CostCurve | undefined;
  #overheadMs = 0;
  #passes = 0;
  /** Tokens that the model would have to read first. */
  #unread = 0;
  /** Passes that catching up now is likely to serve. */
  #passesAhead = 1;
  /** What the model had to read when it was asked, lately. */
  #usualUnread = 1;

  constructor({ target, model }: MeasuredCosts) {
    const drift = new Drift();
    this.#target = new CostCurve(target, drift);
    this.#model = model;
    this.#drafts = model && new CostCurve(draftTimes(model), drift);
  }

  /**
   * The next pass is about to begin.
   *
   * @param left tokens that the text may still have
   */
  begin(unread: number, left: number): void {
    this.#unread = unread;
    this.#passesAhead = Math.max(1, Math.min(mostPassesAhead, left / 2));
  }

  /** A pass has ended that verified so many drafted tokens. */
  observe(drafted: number, { verifyMs, overheadMs }: PassTimes): void {
    this.#passes++;
    this.#overheadMs += (overheadMs - this.#overheadMs) / Math.min(this.#passes, overheadPasses);
    this.#target.observe(drafted + 1, verifyMs);
  }

  /** It asked the model, which drafted so many. */
  observeDraft(drafted: number, draftMs: number): void {
    const ownMs = Math.max(0, draftMs - this.#readMs(this.#unread));
    // A draft that was dropped for its first token has cost a step too.
    this.#drafts?.observe(Math.max(1, drafted), ownMs);
    const weight = 1 / Math.min(this.#passes, usualPasses);
    this.#usualUnread += (this.#unread - this.#usualUnread) * weight;
  }

  /** A step of the target alone. */
  get stepMs(): number {
    return this.#target.at(1);
  }

  /** A pass that verifies so many drafted tokens, without drafting them. */
  passMs(drafted: number): number {
    return this.#target.at(1 + drafted) + this.#overheadMs;
  }

  /** Drafting with the model: a draft that is dropped for its first token costs a step too. */
  draftMs(drafted: number): number {
    return this.#drafts?.at(Math.max(1, drafted)) ?? 0;
  }

  /** One more place in a batch, averaged over the places up to `size`, 1 or more. */
  placeMs(size: number): number {
    return (this.#target.at(size + 1) - this.#target.at(1)) / size;
  }

  /** Going on with a draft by one token, averaged over drafts up to `size`, 1 or more. */
  draftedMs(size: number): number {
    if (this.#drafts === undefined || this.#model?.oneBatch) return 0;
    return this.#drafts.at(size) / size;
  }

  /** What catching up costs this pass, where more than usual serves the passes from there on too. */
  get caughtUpMs(): number {
    const now = this.#readMs(this.#unread);
    return Math.min(now, Math.max(this.#readMs(this.#usualUnread), now / this.#passesAhead));
  }

  /** What catching up costs now beyond that. */
  get investedMs(): number {
    return this.#readMs(this.#unread) - this.caughtUpMs;
  }

  /** One token is always new to the model, and is part of its first step. */
  #readMs(unread: number): number {
    if (this.#model === undefined || this.#model.oneBatch || unread <= 1) return 0;
    const { batches } = this.#model;
    return Math.max(0, batchMs(batches, unread) - batchMs(batches, 1));
  }
}

/** Costs of drafts, by their length: steps after a first one, or one batch. */
function draftTimes({ batches, stepMs, oneBatch }: ModelCosts): readonly BatchTime[] {
  if (oneBatch) return batches;
  const first = batchMs(batches, 1);
  return [
    { tokens: 1, ms: first },
    { tokens: 2, ms: first + stepMs },
  ];
}
