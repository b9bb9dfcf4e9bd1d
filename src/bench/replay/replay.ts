import { draftersOf } from "../../drafter-choice.ts";
import { maxDraftLength } from "../../limits.ts";
import type { BatchCounts, RunCounts } from "../cost-model/pass-times.ts";
import type { Drafting } from "../drafting-effect.ts";
import type { CandidatePool } from "./beside-text.ts";
import { lookedUpChain, modelChain } from "./chain.ts";
import type { Recording, ReplayedDraft } from "./recording.ts";
import { modelTree } from "./tree.ts";

/** What a run with some setting would have come to. */
export interface ReplayCounts extends RunCounts {
  readonly passes: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Passes with a proposal. */
  readonly draftedPasses: number;
}

/** How settings are replayed. */
export interface ReplayOptions {
  /** A fixed length, at temperature 0 with the exact rule. */
  readonly drafting: Drafting;
  /** Of all records: see `modelTree`. */
  readonly pool: CandidatePool;
  /** `TokenSequence.maxBranches` of the draft model. */
  readonly maxBranches: number;
}

/**
 * What a run would have come to, from a record of plain decoding. Exact for chains, for drafting at
 * temperature 0 depends on the text alone: passes, drafted and accepted tokens and every batch are
 * those of a run whose models give the same numbers in batches of any size. For trees see
 * `modelTree`; lookup drafts chains only.
 */
export function replay(recording: Recording, options: ReplayOptions): ReplayCounts {
  const tally = new Tally();
  const { tokens } = recording;
  // The first token is the prefill's, and is not in the draft's cache yet.
  let emitted = 1;
  let pending = 1;
  while (emitted < tokens.length) {
    const { draft, asked } = draftAt(recording, options, emitted);
    const gained = Math.min(draft.accepted + 1, tokens.length - emitted);
    tally.pass(draft, gained, asked ? pending : 0);
    emitted += gained;
    pending = asked ? gained - Math.min(draft.held, gained) : pending + gained;
  }
  return tally.counts();
}

/** Adds the counts of several texts. */
export function addReplays(all: readonly ReplayCounts[]): ReplayCounts {
  const tally = new Tally();
  for (const counts of all) tally.add(counts);
  return tally.counts();
}

/** A draft, and whether the draft model was asked. */
interface Asked {
  readonly draft: ReplayedDraft;
  readonly asked: boolean;
}

const nothing: ReplayedDraft = { size: 0, accepted: 0, held: 0, steps: 0, levels: [] };

/** What the first drafter that has a proposal makes of it. */
function draftAt(recording: Recording, { drafting, ...more }: ReplayOptions, from: number): Asked {
  const { drafter, draftLen, pMin } = drafting;
  // The last emitted token is not in the cache, and goes into the batch.
  const fits = Math.min(recording.room - from, maxDraftLength);
  // The target adds a token of its own to whatever is accepted.
  const maxLength = Math.min(draftLen, fits, recording.maxTokens - from - 1);
  if (maxLength < 1) return { draft: nothing, asked: false };
  let refused = nothing;
  let asked = false;
  for (const name of draftersOf(drafter)) {
    if (name === "ngram") {
      const draft = lookedUpChain(recording, { from, maxLength, pMin });
      if (draft.size > 0) return { draft: { ...draft, steps: refused.steps }, asked };
      continue;
    }
    const room = recording.draftRoom - from;
    if (recording.positions[from] === undefined || room < 0) continue;
    asked = true;
    refused = modelDraft(recording, { drafting, ...more }, { from, maxLength, fits, room });
    if (refused.size > 0) break;
  }
  return { draft: refused, asked };
}

function modelDraft(
  recording: Recording,
  { drafting, pool, maxBranches }: ReplayOptions,
  bounds: { from: number; maxLength: number; fits: number; room: number },
): ReplayedDraft {
  const { topK, treeSize, pMin } = drafting;
  const { from, maxLength, fits, room } = bounds;
  const maxSize = Math.min(treeSize, fits);
  const isTree = treeSize > 0 && topK !== 1 && maxBranches > 0 && room >= maxSize;
  if (!isTree)
    return modelChain(recording, { from, maxLength: Math.min(maxLength, room + 1), pMin });
  const evaluable = Math.min(room, maxBranches);
  return modelTree(recording, pool, {
    ...{ from, maxLength, pMin, maxSize, topK },
    room: evaluable,
  });
}

/** What is one number. */
type Sums = Omit<ReplayCounts, "verified" | "caughtUp" | "levels" | "reads">;

/** Counts while they grow. */
class Tally {
  #sums: Sums = { passTokens: 0, passes: 0, drafted: 0, accepted: 0, draftedPasses: 0, steps: 0 };
  readonly #verified: number[] = [];
  readonly #caughtUp: number[] = [];
  readonly #levels: number[] = [];

  /** @param caughtUp tokens of the draft model's first batch; 0 where it was not asked */
  pass(draft: ReplayedDraft, gained: number, caughtUp: number): void {
    this.#sum({
      passTokens: gained,
      passes: 1,
      drafted: draft.size,
      accepted: Math.min(draft.accepted, gained),
      draftedPasses: draft.size > 0 ? 1 : 0,
      steps: draft.steps,
    });
    count(this.#verified, draft.size + 1, 1);
    if (caughtUp > 0) count(this.#caughtUp, caughtUp, 1);
    for (const size of draft.levels) count(this.#levels, size, 1);
  }

  add(counts: ReplayCounts): void {
    this.#sum(counts);
    addTo(this.#verified, counts.verified);
    addTo(this.#caughtUp, counts.caughtUp);
    addTo(this.#levels, counts.levels);
  }

  counts(): ReplayCounts {
    const [verified, caughtUp, levels] = [this.#verified, this.#caughtUp, this.#levels];
    return { ...this.#sums, verified, caughtUp, levels };
  }

  #sum(more: Sums): void {
    const entries = Object.entries(this.#sums).map(([name, sum]) => [
      name,
      sum + more[name as keyof Sums],
    ]);
    this.#sums = Object.fromEntries(entries) as Sums;
  }
}

function addTo(sums: number[], counts: BatchCounts): void {
  for (const [size, times] of counts.entries()) count(sums, size, times);
}

function count(counts: number[], size: number, times: number): void {
  while (counts.length <= size) counts.push(0);
  counts[size] = (counts[size] as number) + times;
}
