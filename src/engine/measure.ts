import type { TokenSequence } from "../decoding/sequence.ts";
import { environmentError } from "../errors.ts";
import { median } from "../statistics.ts";
import type { BatchCosts, MeasureRequest } from "./pair.ts";

/** What a measurement runs on. */
export interface MeasureSubjects {
  readonly target: TokenSequence;
  readonly draft?: TokenSequence;
  /** An ordinary token to fill the caches with; what it says does not change what it costs. */
  readonly token: number;
  readonly clock: () => number;
}

/**
 * Times one target batch of each size and one draft step (see `timeBatches`). The sequences come back
 * empty.
 *
 * @throws UserError where the context has no room for it
 */
export async function measureCosts(
  subjects: MeasureSubjects,
  request: MeasureRequest,
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
  await fill(target, token, contextTokens);
  if (draft !== undefined) await fill(draft, token, contextTokens);
  const costs = await timeBatches(subjects, request);
  await target.truncate(0);
  await draft?.truncate(0);
  return costs;
}

/** The largest batch whose cost can be measured behind so many tokens. */
export function largestBatch(target: TokenSequence, contextTokens: number): number {
  return Math.min(target.batchSize, target.maxOutputs, target.capacity - contextTokens);
}

/**
 * Times one target batch of each size and one draft step, interleaved, so that drift of the machine
 * hits all sizes alike. It does so behind what the sequences hold, and leaves them as they were.
 *
 * @param request `maxBatch` within `largestBatch`
 */
export async function timeBatches(
  subjects: MeasureSubjects,
  { maxBatch, repetitions }: Pick<MeasureRequest, "maxBatch" | "repetitions">,
): Promise<BatchCosts> {
  const { target, draft, clock } = subjects;
  const sizes = Array.from({ length: maxBatch }, (_, i) => i + 1);
  const targetTimes: number[][] = sizes.map(() => []);
  const draftTimes: number[] = [];
  const catchUpTimes: number[] = [];
  const time = async (sequence: TokenSequence, size: number): Promise<number> => {
    const held = sequence.tokens.length;
    const tokens = new Array<number>(size).fill(subjects.token);
    const start = clock();
    await sequence.evaluate({ tokens, outputs: "all", need: "logits" });
    const ms = clock() - start;
    await sequence.truncate(held);
    return ms;
  };
  // The first repetition warms caches and is thrown away.
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    for (const size of sizes) {
      const ms = await time(target, size);
      if (repetition > 0) targetTimes[size - 1]?.push(ms);
    }
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
    repetitions,
  };
}

/** Tokens of a batch that a draft model catches up with. */
const catchUpBatch = 16;

async function fill(sequence: TokenSequence, token: number, length: number): Promise<void> {
  await sequence.truncate(0);
  for (let done = 0; done < length; ) {
    const size = Math.min(sequence.prefillChunk, length - done);
    const tokens = new Array<number>(size).fill(token);
    await sequence.evaluate({ tokens, outputs: "none", need: "greedy" });
    done += size;
  }
}
