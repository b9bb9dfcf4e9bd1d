import { z } from "zod";
import type { RoundTimes } from "../../engine/pair.ts";

const batchSchema = z.object({
  tokens: z.int().min(1),
  ms: z.number().describe("lower decile over repetitions"),
});

const draftSchema = z.object({
  batches: z
    .array(batchSchema)
    .readonly()
    .describe("first batches of a round, which may catch up on several tokens, and tree levels"),
  stepMs: z.number().describe("a step behind another one"),
  readMs: z.number().describe("reading the candidates of one more node of a tree"),
});

/** What the parts of a round cost on this machine, measured before the first run. */
export const costsSchema = z.object({
  target: z.array(batchSchema).readonly().describe("target batches; the first is a plain step"),
  draft: draftSchema.optional(),
  heads: z
    .array(draftSchema)
    .readonly()
    .optional()
    .describe("of each of models.heads; a batch of parallel heads is a whole draft"),
  overheadMs: z.number().describe("what plain decoding spends beside the target, a step"),
  repetitions: z.int().min(1),
});

/** What a batch of n tokens costs. */
export type BatchCost = z.infer<typeof batchSchema>;
export type Costs = z.infer<typeof costsSchema>;

/** Measured times, with what plain decoding spends beside them. */
export function costsOf(times: RoundTimes, overheadMs: number): Costs {
  const { target, draft, heads, repetitions } = times;
  return { target, ...(draft && { draft }), ...(heads && { heads }), overheadMs, repetitions };
}

/** What plain decoding takes for a token, in ms. */
export function plainStepMs({ target, overheadMs }: Costs): number {
  return batchMs(target, 1) + overheadMs;
}

/**
 * ms of a batch of n: straight between the sizes that were measured, beyond them as steep as at
 * their end.
 *
 * @param batches rising sizes, from 1
 * @param tokens 0 for none
 */
export function batchMs(batches: readonly BatchCost[], tokens: number): number {
  if (tokens <= 0) return 0;
  const above = batches.findIndex((batch) => batch.tokens >= tokens);
  const at = above < 0 ? batches.length - 1 : above;
  const right = batches[at] as BatchCost;
  const left = batches[at - 1];
  if (right.tokens === tokens || left === undefined) return right.ms;
  const slope = (right.ms - left.ms) / (right.tokens - left.tokens);
  return right.ms + (tokens - right.tokens) * (above < 0 ? Math.max(0, slope) : slope);
}

/** v(n): a target batch of n over a plain step of the target alone. */
export function relativeCost({ target }: Costs, tokens: number): number {
  return batchMs(target, tokens) / batchMs(target, 1);
}
