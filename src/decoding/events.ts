import type { PrefillStep } from "./prefill.ts";

/** Where an emitted token comes from: the draft, or the target after or without a mismatch. */
export type Origin = "draft" | "correction" | "bonus";

/** One token of the answer. */
export interface EmittedToken {
  readonly token: number;
  /** Text that became certain with this token; empty while a character or stop text is incomplete. */
  readonly text: string;
  readonly origin: Origin;
  /** The drafter's probability of it (see `Draft.q`); only where `origin` is "draft". */
  readonly q?: number;
  /** Greedy decoding: logit gap between the target's two likeliest tokens here, NaN if unknown. */
  readonly gap?: number;
}

/** A token that was sent to the target for verification. */
export interface DraftedToken {
  readonly token: number;
  /** Index of the parent among the round's drafted tokens; -1 below the last emitted token. */
  readonly parent: number;
  readonly q: number;
}

/** A chunk of the prompt went through the target or the drafter. */
export interface PrefillEvent extends PrefillStep {
  readonly type: "prefill";
  readonly model: "target" | "draft";
  /** Time since this model's prefill began, in ms. */
  readonly ms: number;
}

/** The target's first token, straight from the prefill: no pass of its own. */
export interface FirstTokenEvent {
  readonly type: "first-token";
  readonly emitted: readonly EmittedToken[];
  /** Time from the call to this token, in ms; the drafter's prefill comes after it. */
  readonly ms: number;
}

/** One draft and one pass of the target over it. */
export interface RoundEvent {
  readonly type: "round";
  readonly drafted: readonly DraftedToken[];
  /** What drafted them (`Drafter.name`); left out where nothing was drafted. */
  readonly drafter?: string;
  /** See `Draft.batches`. */
  readonly modelBatches?: readonly number[];
  /**
   * What the controller chose to draft, where there is one; `probe` where that was to learn, and
   * something was drafted.
   */
  readonly plan?: { readonly size: number; readonly probe: boolean };
  /** Drafted tokens that were emitted. */
  readonly accepted: number;
  /** Emitted tokens that the exact rule would not have chosen; above 0 by typical acceptance only. */
  readonly deviations: number;
  /** The drafted token that the target turned down first, as it reads; only after a mismatch. */
  readonly rejected?: { readonly token: number; readonly text: string; readonly q: number };
  readonly emitted: readonly EmittedToken[];
  readonly draftMs: number;
  /** The target's batch alone. */
  readonly verifyMs: number;
  /** Everything else since the end of the last round. */
  readonly overheadMs: number;
  /** Tokens in the target's cache after this round. */
  readonly contextTokens: number;
}

/** Why a generation ended. */
export type DoneReason = "eog" | "length" | "stop" | "context" | "aborted";

/** The end of a generation. */
export interface DoneEvent {
  readonly type: "done";
  readonly reason: DoneReason;
  /** Text that was held back and turned out to be plain text. */
  readonly text: string;
  /** The first tokens of the answer that are the model's reasoning; left out where none are. */
  readonly reasoning?: number;
}

/** What `generate` yields. The text is the concatenation of every `emitted[].text` and `done.text`. */
export type GenerateEvent = PrefillEvent | FirstTokenEvent | RoundEvent | DoneEvent;

/** The tokens that an event emits. */
export function emittedIn(event: GenerateEvent): readonly EmittedToken[] {
  return event.type === "first-token" || event.type === "round" ? event.emitted : [];
}
