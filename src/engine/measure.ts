import type { DraftHeads } from "../decoding/draft-heads.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { environmentError } from "../errors.ts";
import { median } from "../statistics.ts";
import type { BatchCosts, HeadsCosts, MeasureRequest } from "./pair.ts";
import { dropRows, evaluateRows, largestHeadsBatch } from "./time-heads.ts";
import { fill, heed, largestBatch, type TimingSubjects, takeBack } from "./timing.ts";

/**
 * Times one target batch of each size, one draft step and the rows of heads (see `timeBatches`). The sequences come back
 * empty.
 *
 * @throws UserError where the context has no room for it
 * @throws the signal's reason within a batch of its abort; the caches are left as they come out
 */
export async function measureCosts(
  subjects: TimingSubjects,
  request: MeasureRequest,
  signal?: AbortSignal,
): Promise<BatchCosts> {
  const { target, draft, token } = subjects;
  const { maxBatch, contextTokens } = request;
  const limit = largestBatch(target, contextTokens);
  if (maxBatch > limit) {
    throw environmentError(
      "batch-too-large",
      `a batch of ${maxBatch} tokens behind ${contextTokens} does not fit: at most ${limit} do`,
    );
  }
  for (const sequence of draft === undefined ? [target] : [target, draft]) {
    await fill(sequence, { token, length: contextTokens, signal });
  }
  const costs = await timeBatches(subjects, request, signal);
  await target.truncate(0);
  await draft?.truncate(0);
  return costs;
}

/**
 * Times one target batch of each size, one draft step and the rows of heads, interleaved, so that drift of the machine
 * hits all sizes alike. It does so behind what the sequences hold, and leaves them as they were.
 *
 * @param request `maxBatch` within `largestBatch`
 * @throws the signal's reason within a batch of its abort
 */
export async function timeBatches(
  subjects: TimingSubjects,
  { maxBatch, repetitions }: Pick<MeasureRequest, "maxBatch" | "repetitions">,
  signal?: AbortSignal,
): Promise<BatchCosts> {
  const { target, draft, heads = [], clock } = subjects;
  const sizes = Array.from({ length: maxBatch }, (_, i) => i + 1);
  const targetTimes: number[][] = sizes.map(() => []);
  const draftTimes: number[] = [];
  const catchUpTimes: number[] = [];
  const headsTimers = heads.map((each) => new HeadsTimer(each, subjects));
  const time = async (sequence: TokenSequence, size: number): Promise<number> => {
    const held = sequence.tokens.length;
    const tokens = new Array<number>(size).fill(subjects.token);
    const start = clock();
    await sequence.evaluate({ tokens, outputs: "all", need: "logits" });
    const ms = clock() - start;
    await takeBack(sequence, held, maxBatch);
    await heed(signal);
    return ms;
  };
  // The first repetition warms caches and is thrown away.
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    for (const size of sizes) {
      const ms = await time(target, size);
      if (repetition > 0) targetTimes[size - 1]?.push(ms);
    }
    for (const timer of headsTimers) await timer.repeat(repetition > 0);
    await heed(signal);
    if (draft === undefined) continue;
    const size = Math.min(catchUpBatch, largestBatch(draft, draft.tokens.length));
    if (size < 1) continue;
    const ms = await time(draft, 1);
    const catchUpMs = await time(draft, size);
    if (repetition > 0) {
      draftTimes.push(ms);
      catchUpTimes.push(catchUpMs / size);
    }
  }
  return {
    targetMs: targetTimes.map(median),
    ...(draftTimes.length > 0 && {
      draftStepMs: median(draftTimes),
      draftTokenMs: median(catchUpTimes),
    }),
    ...(heads.length > 0 && { heads: headsTimers.map((timer) => timer.costs()) }),
    repetitions,
  };
}

/** Tokens of a batch that a draft model catches up with. */
const catchUpBatch = 16;

/** Batches of one row and of several, and what they took. */
class HeadsTimer {
  readonly #heads: DraftHeads;
  readonly #subjects: TimingSubjects;
  readonly #largest: number;
  readonly #single: number[] = [];
  readonly #several: number[] = [];

  constructor(heads: DraftHeads, subjects: TimingSubjects) {
    this.#heads = heads;
    this.#subjects = subjects;
    this.#largest = Math.min(catchUpBatch, largestHeadsBatch(heads));
  }

  async repeat(counts: boolean): Promise<void> {
    if (this.#largest < 1) return;
    const single = await this.#time(1);
    const several = await this.#time(this.#largest);
    if (!counts) return;
    this.#single.push(single);
    this.#several.push(several);
  }

  costs(): HeadsCosts {
    const [stepMs, severalMs] = [this.#single, this.#several].map((times) =>
      times.length === 0 ? 0 : median(times),
    ) as [number, number];
    const further = this.#largest - 1;
    return { stepMs, tokenMs: further < 1 ? 0 : Math.max(0, severalMs - stepMs) / further };
  }

  async #time(size: number): Promise<number> {
    const { token, clock } = this.#subjects;
    const held = this.#heads.sequence.tokens.length;
    const start = clock();
    await evaluateRows(this.#heads, token, size);
    const ms = clock() - start;
    await dropRows(this.#heads, held);
    return ms;
  }
}
