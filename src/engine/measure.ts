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
 * Times one target batch of each size and one draft step, interleaved, so that drift of the machine
 * hits all sizes alike. The sequences come back empty.
 *
 * @throws UserError where the context has no room for it
 */
export async function measureCosts(
  subjects: MeasureSubjects,
  request: MeasureRequest,
): Promise<BatchCosts> {
  const { target, draft, clock } = subjects;
  const { maxBatch, repetitions, contextTokens } = request;
  const limit = Math.min(target.batchSize, target.maxOutputs, target.capacity - contextTokens);
  if (maxBatch > limit) {
    throw environmentError(
      "batch-too-large",
      `a batch of ${maxBatch} tokens behind ${contextTokens} does not fit: at most ${limit} do`,
    );
  }
  await fill(target, subjects.token, contextTokens);
  if (draft !== undefined) await fill(draft, subjects.token, contextTokens);
  const sizes = Array.from({ length: maxBatch }, (_, i) => i + 1);
  const targetTimes: number[][] = sizes.map(() => []);
  const draftTimes: number[] = [];
  const catchUpTimes: number[] = [];
  const time = async (sequence: TokenSequence, size: number): Promise<number> => {
    const start = clock();
    const tokens = new Array<number>(size).fill(subjects.token);
    await sequence.evaluate({ tokens, outputs: "all", need: "logits" });
    const ms = clock() - start;
    await sequence.truncate(contextTokens);
    return ms;
  };
  // The first repetition warms caches and is thrown away.
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    for (const size of sizes) {
      const ms = await time(target, size);
      if (repetition > 0) targetTimes[size - 1]?.push(ms);
    }
    if (draft === undefined) continue;
    const ms = await time(draft, 1);
    const size = Math.min(catchUpBatch, draft.maxOutputs, draft.capacity - contextTokens);
    const catchUpMs = await time(draft, size);
    if (repetition > 0) {
      draftTimes.push(ms);
      catchUpTimes.push(catchUpMs / size);
    }
  }
  await target.truncate(0);
  await draft?.truncate(0);
  return {
    targetMs: targetTimes.map(median),
    ...(draft !== undefined && {
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
