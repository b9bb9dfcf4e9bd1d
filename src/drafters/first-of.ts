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
    async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
      proposer = undefined;
      for (const drafter of drafters) yield* drafter.begin(prompt);
    },
    async propose(request: DraftRequest): Promise<Draft> {
      const forFree = { ...request, ...request.freeFloors };
      for (const drafter of drafters) {
        const free = drafter.free === true;
        if (request.freeOnly === true && !free) continue;
        const draft = await drafter.propose(free ? forFree : request);
        if (draft.tokens.length === 0) continue;
        proposer = drafter;
        return { by: drafter, ...draft };
      }
      return emptyDraft;
    },
    async observe(outcome: RoundOutcome): Promise<void> {
      for (const drafter of drafters) {
        await drafter.observe(drafter === proposer ? outcome : { ...outcome, path: [] });
      }
      proposer = undefined;
    },
  };
}
