import { z } from "zod";
import { batchMs } from "../../decoding/control/batch-times.ts";
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
  disagreement: z
    .number()
    .optional()
    .describe("largest ratio between the times of a size in the two halves of the repetitions"),
});

export type Costs = z.infer<typeof costsSchema>;

/** Measured times, with what plain decoding spends beside them. */
export function costsOf(times: RoundTimes, overheadMs: number): Costs {
  return { ...times, overheadMs };
}

/** What plain decoding takes for a token, in ms. */
export function plainStepMs({ target, overheadMs }: Costs): number {
  return batchMs(target, 1) + overheadMs;
}

/** ms of a plain step of the target alone. */
export function targetStepMs({ target }: Costs): number {
  return batchMs(target, 1);
}

/** v(n): a target batch of n over a plain step of the target alone. */
export function relativeCost({ target }: Costs, tokens: number): number {
  return batchMs(target, tokens) / batchMs(target, 1);
}
