import { createDistribution } from "../decoding/distribution.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";
import { environmentError } from "../errors.ts";
import { quantile } from "../statistics.ts";
import { largestBatch, type MeasureSubjects } from "./measure.ts";
import type { BatchTime, RoundTimes, RoundTimesRequest } from "./pair.ts";

/** Steps of the draft behind its first one that are timed in a round. */
const laterSteps = 2;
/** Candidates that a tree reads at a node, about. */
const candidates = 4;
/** Share of the time that filling a cache may take. */
const fillShare = 0.2;
/** Scratch memory. */
const selected = createDistribution();

/**
 * Times batches as rounds have them: one of the draft model, steps behind it, then one of the target,
 * so that each finds the processor's caches as the other model has left them. Outputs are read as
 * decoding at temperature 0 reads them. All sizes take turns, so that drift of the machine hits them
 * alike. The sequences come back empty.
 *
 * @throws UserError where the context has no room for it
 */
export async function timeRounds(
  subjects: MeasureSubjects,
  request: RoundTimesRequest,
): Promise<RoundTimes> {
  const { target, draft, clock } = subjects;
  checkRoom(subjects, request);
  await fillInTime(target, subjects, request);
  if (draft !== undefined) await fillInTime(draft, subjects, request);
  const start = clock();
  const over = () => clock() - start >= request.budgetMs;
  let rounds = new Rounds(subjects, request);
  await rounds.repeat();
  let done = 1;
  // The first repetition warms caches and is thrown away, but where a second would take too long.
  if (!over()) [rounds, done] = [new Rounds(subjects, request), 0];
  while (done < request.repetitions && (done === 0 || !over())) {
    await rounds.repeat();
    done++;
  }
  await target.truncate(0);
  await draft?.truncate(0);
  return { ...rounds.times(), repetitions: done };
}

/** Fills a cache as far as a share of the time allows: a slow model takes long for a long text. */
async function fillInTime(
  sequence: TokenSequence,
  { token, clock }: MeasureSubjects,
  { contextTokens, budgetMs }: RoundTimesRequest,
): Promise<void> {
  const start = clock();
  await sequence.truncate(0);
  while (sequence.tokens.length < contextTokens && clock() - start < fillShare * budgetMs) {
    const size = Math.min(sequence.prefillChunk, contextTokens - sequence.tokens.length);
    const tokens = new Array<number>(size).fill(token);
    await sequence.evaluate({ tokens, outputs: "none", need: "greedy" });
  }
}

/** Rounds of all sizes, and what their batches took. */
class Rounds {
  readonly #subjects: MeasureSubjects;
  readonly #request: RoundTimesRequest;
  readonly #target = new Map<number, number[]>();
  readonly #draft = new Map<number, number[]>();
  readonly #steps: number[] = [];
  readonly #reads: number[] = [];

  constructor(subjects: MeasureSubjects, request: RoundTimesRequest) {
    this.#subjects = subjects;
    this.#request = request;
  }

  async repeat(): Promise<void> {
    const { targetBatches, draftBatches } = this.#request;
    // Plain decoding has nothing between two steps.
    await this.#verify(1);
    const stepMs = await this.#verify(1);
    keep(this.#target, 1, stepMs);
    const sizes = targetBatches.filter((size) => size > 1);
    for (let i = 0; i < Math.max(sizes.length, draftBatches.length); i++) {
      const [size, draftSize] = [nth(sizes, i), nth(draftBatches, i)];
      if (draftSize !== undefined) await this.#draftRound(draftSize);
      if (size === undefined) continue;
      const ms = await this.#verify(size);
      keep(this.#target, size, ms);
    }
  }

  times(): Omit<RoundTimes, "repetitions"> {
    const hasDraft = this.#draft.size > 0;
    return {
      target: typicals(this.#target),
      ...(hasDraft && {
        draft: {
          batches: typicals(this.#draft),
          stepMs: typical(this.#steps),
          readMs: typical(this.#reads),
        },
      }),
    };
  }

  async #draftRound(size: number): Promise<void> {
    const { draft } = this.#subjects;
    if (draft === undefined) return;
    const held = draft.tokens.length;
    const ms = await this.#draftBatch(draft, size);
    keep(this.#draft, size, ms);
    for (let i = 0; i < laterSteps; i++) {
      const stepMs = await this.#draftBatch(draft, 1);
      this.#steps.push(stepMs);
    }
    const readMs = await this.#read(draft);
    this.#reads.push(readMs);
    await draft.truncate(held);
  }

  async #draftBatch(draft: TokenSequence, size: number): Promise<number> {
    const { token, clock } = this.#subjects;
    const tokens = new Array<number>(size).fill(token);
    const start = clock();
    const outputs = await draft.evaluate({ tokens, outputs: "last", need: "logits" });
    topWithConfidence(outputs.logits(size - 1), 1, selected);
    return clock() - start;
  }

  /** Reads candidates as a tree does, of one output. */
  async #read(draft: TokenSequence): Promise<number> {
    const { token, clock } = this.#subjects;
    const outputs = await draft.evaluate({ tokens: [token], outputs: "last", need: "logits" });
    const logits = outputs.logits(0);
    const start = clock();
    topWithConfidence(logits, Math.min(candidates, logits.length), selected);
    return clock() - start;
  }

  async #verify(size: number): Promise<number> {
    const { target, token, clock } = this.#subjects;
    const held = target.tokens.length;
    const tokens = new Array<number>(size).fill(token);
    const start = clock();
    const outputs = await target.evaluate({ tokens, outputs: "all", need: "greedy" });
    for (let i = 0; i < size; i++) outputs.topTwo(i);
    const ms = clock() - start;
    await target.truncate(held);
    return ms;
  }
}

/** One of a list that begins again at its end. */
function nth(sizes: readonly number[], i: number): number | undefined {
  return sizes[i % sizes.length];
}

function checkRoom({ target, draft }: MeasureSubjects, request: RoundTimesRequest): void {
  const { targetBatches, draftBatches, contextTokens } = request;
  const draftRoom = draft && largestBatch(draft, contextTokens) - laterSteps - 1;
  check(Math.max(...targetBatches), largestBatch(target, contextTokens), contextTokens);
  if (draftRoom !== undefined) check(Math.max(...draftBatches), draftRoom, contextTokens);
}

function check(wanted: number, room: number, contextTokens: number): void {
  if (wanted <= room) return;
  throw environmentError(
    "batch-too-large",
    `a batch of ${wanted} tokens behind ${contextTokens} does not fit: at most ${Math.max(0, room)} do`,
    "Ask for a larger context with --ctx, or for shorter drafts.",
  );
}

function keep(times: Map<number, number[]>, size: number, ms: number): void {
  times.set(size, [...(times.get(size) ?? []), ms]);
}

/** Nearly the least: what disturbs a machine only ever adds, and at times to most repetitions. */
function typical(times: readonly number[]): number {
  return quantile(times, 0.1);
}

function typicals(times: ReadonlyMap<number, readonly number[]>): BatchTime[] {
  return [...times]
    .map(([tokens, all]) => ({ tokens, ms: typical(all) }))
    .sort((a, b) => a.tokens - b.tokens);
}
