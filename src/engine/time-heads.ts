import type { DraftHeads } from "../decoding/draft-heads.ts";

/**
 * Evaluates rows of heads as a round has them: of chained heads one behind the other, where the first
 * batch of a round has as many as tokens were emitted; of parallel heads side by side. What they say
 * does not change what they cost.
 *
 * @param size 1 … `largestHeadsBatch`
 * @returns logits after the last one
 */
export async function evaluateRows(
  heads: DraftHeads,
  token: number,
  size: number,
): Promise<Float32Array> {
  const { sequence, kind } = heads;
  const chained = kind === "chained";
  const input = Float32Array.from(heads.offset(0));
  if (chained) {
    heads.embedding(token).forEach((number, i) => {
      input[i] = (input[i] as number) + number;
    });
  }
  const outputs = await sequence.evaluate({
    tokens: new Array<number>(size).fill(token),
    inputs: new Array<Float32Array>(size).fill(input),
    ...(!chained && { parents: new Array<number>(size).fill(-1) }),
    outputs: chained ? "last" : "all",
    need: "logits",
  });
  return outputs.logits(size - 1);
}

/** Takes the last rows away again. @param held rows that are to stay */
export async function dropRows({ sequence, kind }: DraftHeads, held: number): Promise<void> {
  if (kind === "chained") await sequence.truncate(held);
  else await sequence.keep([]);
}

/** The largest batch of rows that a round can have. */
export function largestHeadsBatch({ sequence, kind, count }: DraftHeads): number {
  if (kind === "parallel") return count;
  const { batchSize, maxOutputs, capacity, tokens } = sequence;
  return Math.min(batchSize, maxOutputs, capacity - tokens.length);
}
