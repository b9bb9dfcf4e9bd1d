import type { BatchTime } from "../decoding/control/batch-times.ts";
import { createDistribution } from "../decoding/distribution.ts";
import type { DraftHeads } from "../decoding/draft-heads.ts";
import { asDrafted } from "../decoding/invalid-logits.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";
import type { DraftTimes } from "./pair.ts";
import { addTimes, keep, typical, typicals } from "./repeated-times.ts";
import { dropRows, evaluateRows, largestHeadsBatch } from "./time-heads.ts";

/** Steps of the draft after its first one that are timed in a round. */
export const laterSteps = 2;
/** Candidates that a tree reads at a node, about. */
const candidates = 4;
/** Scratch memory. */
const selected = createDistribution();

/** What drafts, as far as its time goes. */
export interface DraftBatches {
  /** Whether there are steps after a first batch. */
  readonly hasSteps: boolean;
  /** Rows of a batch at most. */
  largest(): number;
  held(): number;
  /** Evaluates a batch as a round has it; returns the logits after its last token. */
  evaluate(size: number): Promise<Float32Array>;
  /** Takes all after the first `held` tokens away. */
  drop(held: number): Promise<void>;
}

/** A draft model. */
export function draftBatches(sequence: TokenSequence, token: number): DraftBatches {
  return {
    hasSteps: true,
    largest: () => Number.POSITIVE_INFINITY,
    held: () => sequence.tokens.length,
    evaluate: async (size) => {
      const tokens = new Array<number>(size).fill(token);
      const outputs = await sequence.evaluate({ tokens, outputs: "last", need: "logits" });
      return outputs.logits(size - 1);
    },
    drop: async (held) => sequence.truncate(held),
  };
}

/** Draft heads. */
export function headsBatches(heads: DraftHeads, token: number): DraftBatches {
  const isChained = heads.kind === "chained";
  return {
    hasSteps: isChained,
    largest: () => largestHeadsBatch(heads) - (isChained ? laterSteps + 1 : 0),
    held: () => heads.sequence.tokens.length,
    evaluate: async (size) => {
      const held = heads.sequence.tokens.length;
      const logits = await evaluateRows(heads, token, size);
      // Of parallel heads nothing stays.
      if (!isChained) await dropRows(heads, held);
      return logits;
    },
    drop: async (held) => {
      if (isChained) await dropRows(heads, held);
    },
  };
}

/** Rounds of something that drafts, and what they took. */
export class DraftTimer {
  readonly #batches: DraftBatches;
  readonly #clock: () => number;
  readonly #first = new Map<number, number[]>();
  readonly #steps: number[] = [];
  readonly #reads: number[] = [];

  constructor(batches: DraftBatches, clock: () => number) {
    this.#batches = batches;
    this.#clock = clock;
  }

  async round(size: number): Promise<void> {
    if (size > this.#batches.largest()) return;
    const held = this.#batches.held();
    keep(this.#first, size, await this.#batch(size));
    for (let i = 0; this.#batches.hasSteps && i < laterSteps; i++) {
      this.#steps.push(await this.#batch(1));
    }
    this.#reads.push(await this.#read());
    await this.#batches.drop(held);
  }

  add(other: DraftTimer): void {
    addTimes(this.#first, other.#first);
    this.#steps.push(...other.#steps);
    this.#reads.push(...other.#reads);
  }

  /** @returns undefined where no batch was timed */
  times(): DraftTimes | undefined {
    if (this.#first.size === 0) return undefined;
    const batches = typicals(this.#first);
    const stepMs = this.#steps.length > 0 ? typical(this.#steps) : (batches[0] as BatchTime).ms;
    return { batches, stepMs, readMs: typical(this.#reads) };
  }

  async #batch(size: number): Promise<number> {
    const start = this.#clock();
    readCandidates(await this.#batches.evaluate(size), 1);
    return this.#clock() - start;
  }

  /** Reads candidates as a tree does, of one output. */
  async #read(): Promise<number> {
    const logits = await this.#batches.evaluate(1);
    const start = this.#clock();
    readCandidates(logits, Math.min(candidates, logits.length));
    return this.#clock() - start;
  }
}

function readCandidates(logits: Float32Array, count: number): void {
  try {
    topWithConfidence(logits, count, selected);
  } catch (error) {
    throw asDrafted(error);
  }
}
