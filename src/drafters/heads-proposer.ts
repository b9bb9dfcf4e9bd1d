import type { DraftHeads } from "../decoding/draft-heads.ts";
import type { Draft, DraftRequest, RoundOutcome } from "../decoding/drafter.ts";
import type { DraftOutputs } from "./draft-outputs.ts";

/** Heads that propose from states of the target which they were shown. */
export interface HeadsProposer {
  /** See `Drafter.unread`. */
  readonly unread: number;
  /** Forgets the text. */
  begin(): Promise<void>;
  /** @param request its `maxLength` within the number of heads */
  propose(request: DraftRequest): Promise<Draft>;
  /**
   * Drops what was drafted, and takes note of what was emitted.
   *
   * @param states what each of `emitted` was chosen from, to be copied. Undefined where that is not
   *   known: nothing can be proposed then
   */
  observe(emitted: readonly number[], states: RoundOutcome["states"]): Promise<void>;
}

/** What the outputs of heads stand for. */
export function outputsOf({ sequence, tokens }: DraftHeads): DraftOutputs {
  return { size: tokens?.length ?? sequence.vocabularySize, ...(tokens && { tokens }) };
}

/** Adds numbers one by one. */
export function addTo(sum: Float32Array, numbers: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (numbers[i] as number);
}
