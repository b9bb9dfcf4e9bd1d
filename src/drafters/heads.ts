import type { DraftHeads } from "../decoding/draft-heads.ts";
import type { Draft, Drafter, DraftRequest, RoundOutcome } from "../decoding/drafter.ts";
import type { PrefillStep } from "../decoding/prefill.ts";
import { ChainedHeads } from "./chained-heads.ts";
import type { HeadsProposer } from "./heads-proposer.ts";
import { ParallelHeads } from "./parallel-heads.ts";

/** No prefill, no progress to tell of. */
const noSteps: readonly PrefillStep[] = [];

/**
 * Drafts with heads on the target's own hidden state (Medusa, Cai et al. 2024; chained as in Hydra,
 * Ankner et al. 2024): a chain, or a tree of their likeliest candidates. There is no prefill: what
 * they read of the text begins with the answer. Where the target's state is not known, as after a
 * change of settings, they propose nothing for one pass.
 */
export class HeadsDrafter implements Drafter {
  readonly name = "heads";
  readonly #heads: DraftHeads;
  readonly #proposer: HeadsProposer;

  /** @param heads nobody else may touch their sequence meanwhile */
  constructor(heads: DraftHeads) {
    this.#heads = heads;
    this.#proposer = heads.kind === "chained" ? new ChainedHeads(heads) : new ParallelHeads(heads);
  }

  get unread(): number {
    return this.#proposer.unread;
  }

  async *begin(): AsyncGenerator<PrefillStep, void, void> {
    await this.#proposer.begin();
    yield* noSteps;
  }

  async propose(request: DraftRequest): Promise<Draft> {
    const maxLength = Math.min(request.maxLength, this.#heads.count);
    return this.#proposer.propose({ ...request, maxLength });
  }

  async observe({ emitted, states }: RoundOutcome): Promise<void> {
    await this.#proposer.observe(emitted, states);
  }
}
