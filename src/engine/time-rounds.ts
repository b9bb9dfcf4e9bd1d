import type { TokenSequence } from "../decoding/sequence.ts";
import { environmentError } from "../errors.ts";
import { disagreementOf, type TimedBatches } from "./disagreement.ts";
import { DraftTimer, draftBatches, headsBatches, laterSteps } from "./draft-timer.ts";
import type { RoundTimes, RoundTimesRequest } from "./pair.ts";
import { addTimes, keep, typicals } from "./repeated-times.ts";
import { fill, heed, largestBatch, type TimingSubjects, takeBack } from "./timing.ts";

/** Plain steps that are timed in a repetition. */
const plainSteps = 4;
/** Share of the time that filling a cache may take. */
const fillShare = 0.2;

/**
 * Times batches as rounds have them: one of the draft model or of heads, steps after it, then one of
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
  const { target, draft } = subjects;
  checkRoom(subjects, request);
  const drafts = request.draftBatches.length > 0 && draft !== undefined;
  for (const sequence of drafts ? [target, draft] : [target]) {
    await fillInTime(sequence, subjects, request, signal);
  }
  const times = await timeRoundsBehind(subjects, request, signal);
  await target.truncate(0);
  await draft?.truncate(0);
  return times;
}

/**
 * The same behind what the sequences hold, which stays there.
 *
 * @param request with sizes that fit, of a draft model with `laterSteps` and one more
 * @throws the signal's reason within a round of its abort
 */
export async function timeRoundsBehind(
  subjects: TimingSubjects,
  request: RoundTimesRequest,
  signal?: AbortSignal,
): Promise<RoundTimes> {
  const { clock } = subjects;
  const start = clock();
  const over = () => clock() - start >= request.budgetMs;
  const all = [new Rounds(subjects, request)];
  await all[0]?.repeat(signal);
  // The first repetition warms caches and is thrown away, but where a second would take too long.
  if (!over()) all.pop();
  while (all.length < request.repetitions && (all.length === 0 || !over())) {
    const rounds = new Rounds(subjects, request);
    await rounds.repeat(signal);
    all.push(rounds);
  }
  const disagreement = disagreementOf((some) => timesOf(subjects, request, some), all);
  return {
    ...timesOf(subjects, request, all),
    repetitions: all.length,
    ...(disagreement !== undefined && { disagreement }),
  };
}

/** What repetitions come to together. */
function timesOf(
  subjects: TimingSubjects,
  request: RoundTimesRequest,
  repetitions: readonly Rounds[],
): TimedBatches {
  const sum = new Rounds(subjects, request);
  for (const each of repetitions) sum.add(each);
  return sum.times();
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

  /** Adds what other rounds of the same request took. */
  add(other: Rounds): void {
    addTimes(this.#target, other.#target);
    if (other.#draft !== undefined) this.#draft?.add(other.#draft);
    for (const [i, timer] of this.#heads.entries()) timer.add(other.#heads[i] as DraftTimer);
  }

  times(): TimedBatches {
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
