import type { DraftedRank } from "./acceptance-model.ts";
import { type DraftFloors, noFloors } from "./floors.ts";

/** What to draft for the next pass. */
export interface DraftPlan {
  /** Tokens that a model drafts at most; 0 asks none. */
  readonly modelSize: number;
  /** Tokens that are drafted at most where that costs nothing; 0 looks nothing up. */
  readonly freeSize: number;
  /** Floors of what a model drafts, and of what is drafted for nothing. */
  readonly floors: DraftFloors;
  readonly freeFloors: DraftFloors;
  /** Which of the two would be tried in order to learn, and not because it is thought to be best. */
  readonly modelProbe: boolean;
  readonly freeProbe: boolean;
}

/** What became of a pass. */
export interface PassOutcome {
  readonly ranks: readonly DraftedRank[];
  /** Whether a drafter that costs nothing made the draft. */
  readonly free: boolean;
  /** Whether a model was asked, with or without a proposal. */
  readonly asked: boolean;
  /** Whether the target turned a drafted token down. */
  readonly mismatch: boolean;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** Plain decoding, thought to be best. */
export const plainPlan: DraftPlan = {
  ...{ modelSize: 0, freeSize: 0, modelProbe: false, freeProbe: false },
  ...{ floors: noFloors, freeFloors: noFloors },
};
