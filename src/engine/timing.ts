import { setImmediate as turn } from "node:timers/promises";
import type { DraftHeads } from "../decoding/draft-heads.ts";
import type { TokenSequence } from "../decoding/sequence.ts";

/** What is timed. */
export interface TimingSubjects {
  readonly target: TokenSequence;
  readonly draft?: TokenSequence;
  readonly heads?: readonly DraftHeads[];
  /** An ordinary token to fill the caches with; what it says does not change what it costs. */
  readonly token: number;
  readonly clock: () => number;
}

/** The largest batch whose cost can be measured behind so many tokens. */
export function largestBatch(sequence: TokenSequence, contextTokens: number): number {
  return Math.min(sequence.batchSize, sequence.maxOutputs, sequence.capacity - contextTokens);
}

/** What a cache is filled with, and how far. */
export interface FillOptions {
  readonly token: number;
  readonly length: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked before each chunk: true leaves it at what there is. */
  readonly isOver?: () => boolean;
}

/**
 * Fills a cache with one token.
 *
 * @throws the signal's reason within a chunk of its abort
 */
export async function fill(
  sequence: TokenSequence,
  { token, length, signal, isOver = () => false }: FillOptions,
): Promise<void> {
  await sequence.truncate(0);
  while (sequence.tokens.length < length && !isOver()) {
    const size = Math.min(sequence.prefillChunk, length - sequence.tokens.length);
    const tokens = new Array<number>(size).fill(token);
    await sequence.evaluate({ tokens, outputs: "none", need: "greedy" });
    await heed(signal);
  }
}

/**
 * Takes away what was timed. A model that cannot roll back keeps it, and begins anew once that
 * leaves no room.
 *
 * @param held tokens that are to stay
 * @param largest of the batches that are timed
 */
export async function takeBack(
  sequence: TokenSequence,
  held: number,
  largest: number,
): Promise<void> {
  const { canRollBack, capacity, tokens } = sequence;
  if (canRollBack) await sequence.truncate(held);
  else if (capacity - tokens.length < largest) await sequence.truncate(0);
}

/**
 * Decoding blocks the thread: what aborts it can only arrive between two batches.
 *
 * @throws the signal's reason
 */
export async function heed(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await turn();
  signal.throwIfAborted();
}
