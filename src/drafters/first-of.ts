import {
  type Draft,
  type Drafter,
  type DraftRequest,
  emptyDraft,
  type RoundOutcome,
} from "../decoding/drafter.ts";
import type { PrefillStep } from "../decoding/prefill.ts";

/**
 * Asks several drafters in turn; the first that has a proposal makes the draft (as llama.cpp chains
 * its `--spec-type`s). All of them see what is emitted; only the one that proposed learns which of
 * its nodes were taken.
 */
export function firstOf(drafters: readonly Drafter[]): Drafter {
  let proposer: Drafter | undefined;
  return {
    name: drafters.map(({ name }) => name).join(","),
    get unread(): number {
      return Math.max(0, ...drafters.map(({ unread = 0 }) => unread));
    },
    async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
      proposer = undefined;
      for (const drafter of drafters) yield* drafter.begin(prompt);
    },
    async propose(request: DraftRequest): Promise<Draft> {
      const { freeSize, modelSize, freeFloors } = request;
      const forFree = resized({ ...request, ...freeFloors }, freeSize);
      const forModel = resized(request, modelSize);
      // A model may be asked in vain before another drafter has a proposal.
      let batches: readonly number[] | undefined;
      for (const drafter of drafters) {
        const own = drafter.free === true ? forFree : forModel;
        if (own.maxSize < 1) continue;
        const draft = await drafter.propose(own);
        batches ??= draft.batches;
        if (draft.tokens.length === 0) continue;
        proposer = drafter;
        return { by: drafter, ...draft, ...(batches && { batches }) };
      }
      return { ...emptyDraft, ...(batches && { batches }) };
    },
    async observe(outcome: RoundOutcome): Promise<void> {
      for (const drafter of drafters) {
        await drafter.observe(drafter === proposer ? outcome : { ...outcome, path: [] });
      }
      proposer = undefined;
    },
  };
}

function resized(request: DraftRequest, size: number | undefined): DraftRequest {
  if (size === undefined) return request;
  return { ...request, maxSize: size, maxLength: Math.min(request.maxLength, size) };
}
