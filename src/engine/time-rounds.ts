import { createDistribution } from "../decoding/distribution.ts";
import type { DraftHeads } from "../decoding/draft-heads.ts";
import { asDrafted } from "../decoding/invalid-logits.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";
import { environmentError } from "../errors.ts";
import { quantile } from "../statistics.ts";
import type { BatchTime, DraftTimes, RoundTimes, RoundTimesRequest } from "./pair.ts";
import { dropRows, evaluateRows, largestHeadsBatch } from "./time-heads.ts";
import { fill, heed, largestBatch, type TimingSubjects, takeBack } from "./timing.ts";

/** Plain steps that are timed in a repetition. */
const plainSteps = 4;
/** Steps of the draft behind its first one that are timed in a round. */
const laterSteps = 2;
/** Candidates that a tree reads at a node, about. */
const candidates = 4;
/** Share of the time that filling a cache may take. */
const fillShare = 0.2;
/** Scratch memory. */
const selected = createDistribution();

/**
 * Times batches as rounds have them: one of the draft model or of heads, steps behind it, then one of
 * the target, so that each finds the processor's caches as the other model has left them. Outputs are read as
 * decoding at temperature 0 reads them. All sizes take turns, so that drift of the machine hits them
 * alike. The sequences come back empty.
 *
 * @throws UserError where the context has no room for it
 * @throws the signal's reason within a round of its abort; the caches are left as they come out
 */
export async function timeRounds(
  subjects: TimingSubjects,
  request: RoundTimesRequest,
  signal?: AbortSignal,
): Promise<RoundTimes> {
  const { target, draft, clock } = subjects;
  checkRoom(subjects, request);
  for (const sequence of draft === undefined ? [target] : [target, draft]) {
    await fillInTime(sequence, subjects, request, signal);
  }
  const start = clock();
  const over = () => clock() - start >= request.budgetMs;
  let rounds = new Rounds(subjects, request);
  await rounds.repeat(signal);
  let done = 1;
  // The first repetition warms caches and is thrown away, but where a second would take too long.
  if (!over()) [rounds, done] = [new Rounds(subjects, request), 0];
  while (done < request.repetitions && (done === 0 || !over())) {
    await rounds.repeat(signal);
    done++;
  }
  await target.truncate(0);
  await draft?.truncate(0);
  return { ...rounds.times(), repetitions: done };
}

/** Fills a cache as far as a share of the time allows: a slow model takes long for a long text. */
async function fillInTime(
  sequence: TokenSequence,
  { token, clock }: TimingSubjects,
  { contextTokens, budgetMs }: RoundTimesRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = clock();
  const isOver = () => clock() - start >= fillShare * budgetMs;
  await fill(sequence, { token, length: contextTokens, signal, isOver });
}

/** Rounds of all sizes, and what their batches took. */
class Rounds {
  readonly #subjects: TimingSubjects;
  readonly #request: RoundTimesRequest;
  readonly #target = new Map<number, number[]>();
  readonly #draft: DraftTimer | undefined;
  readonly #heads: readonly DraftTimer[];

  constructor(subjects: TimingSubjects, request: RoundTimesRequest) {
    const { draft, heads = [], token, clock } = subjects;
    this.#subjects = subjects;
    this.#request = request;
    this.#draft = draft && new DraftTimer(draftBatches(draft, token), clock);
    this.#heads = heads.map((each) => new DraftTimer(headsBatches(each, token), clock));
  }

  async repeat(signal: AbortSignal | undefined): Promise<void> {
    const { targetBatches, draftBatches: draftSizes } = this.#request;
    // Plain decoding has nothing between two steps. All that is said of costs is relative to one.
    await this.#verify(1);
    for (let i = 0; i < plainSteps; i++) {
      await heed(signal);
      keep(this.#target, 1, await this.#verify(1));
    }
    const sizes = targetBatches.filter((size) => size > 1);
    const timers = [...(this.#draft ? [this.#draft] : []), ...this.#heads];
    // Each round has one of what drafts, and all have a turn at each of their sizes.
    const drafts = draftSizes.flatMap((size) => timers.map((timer) => ({ timer, size })));
    for (let i = 0; i < Math.max(sizes.length, drafts.length); i++) {
      const [size, draft] = [nth(sizes, i), nth(drafts, i)];
      if (draft !== undefined) await draft.timer.round(draft.size);
      if (size !== undefined) keep(this.#target, size, await this.#verify(size));
      await heed(signal);
    }
  }

  times(): Omit<RoundTimes, "repetitions"> {
    const draft = this.#draft?.times();
    const heads = this.#heads.map((timer) => timer.times()).filter((times) => times !== undefined);
    return {
      target: typicals(this.#target),
      ...(draft && { draft }),
      // They are told apart by their places.
      ...(heads.length > 0 && heads.length === this.#heads.length && { heads }),
    };
  }

  async #verify(size: number): Promise<number> {
    const { target, token, clock } = this.#subjects;
    const held = target.tokens.length;
    const tokens = new Array<number>(size).fill(token);
    const start = clock();
    const outputs = await target.evaluate({ tokens, outputs: "all", need: "greedy" });
    for (let i = 0; i < size; i++) outputs.topTwo(i);
    const ms = clock() - start;
    await takeBack(target, held, Math.max(...this.#request.targetBatches));
    return ms;
  }
}

/** What drafts, as far as its time goes. */
interface DraftBatches {
  /** Whether there are steps behind a first batch. */
  readonly hasSteps: boolean;
  /** Rows of a batch at most. */
  largest(): number;
  held(): number;
  /** Evaluates a batch as a round has it; returns the logits after its last token. */
  evaluate(size: number): Promise<Float32Array>;
  /** Takes all behind the first `held` tokens away. */
  drop(held: number): Promise<void>;
}

function draftBatches(sequence: TokenSequence, token: number): DraftBatches {
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

function headsBatches(heads: DraftHeads, token: number): DraftBatches {
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
class DraftTimer {
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

/** One of a list that begins again at its end. */
function nth<T>(list: readonly T[], i: number): T | undefined {
  return list[i % list.length];
}

function checkRoom({ target, draft }: TimingSubjects, request: RoundTimesRequest): void {
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
