import { z } from "zod";
import { count, list, number, time } from "./schema-parts.ts";

const drafterCountsSchema = z.object({
  passes: count,
  drafted: count,
  accepted: count,
  mismatches: count,
  draftedAt: list(count),
  acceptedAt: list(count),
  read: count.describe("tokens emitted before the last of them"),
});

const reasoningCountsSchema = z.object({
  tokens: count,
  passes: count.describe("passes whose first token is reasoning; the rest is theirs"),
  passTokens: count.describe("tokens that these passes emitted"),
  drafted: count,
  accepted: count,
  mismatches: count,
});

/** One run: one prompt, one repetition, one cell. Durations in ms. */
export const sampleSchema = z.object({
  prompt: z.string().describe("id of the prompt"),
  category: z.string(),
  repetition: count.describe("from 0"),
  tokens: count.describe("emitted, the first one and an end token included"),
  passes: count,
  drafted: count,
  accepted: count,
  mismatches: count,
  deviations: count
    .default(0)
    .describe("tokens that the exact rule would not have chosen; lossy rules only"),
  plannedSizes: list(count)
    .default([])
    .describe("entry n: passes for which n tokens were chosen; empty at a fixed draft length"),
  probes: count.default(0).describe("passes that drafted in order to learn"),
  draftedSizes: list(count).default([]).describe("entry n: passes that drafted n tokens"),
  modelReads: list(count)
    .default([])
    .describe("entry n: passes for which the draft model or the heads first read n tokens"),
  modelBatches: list(count)
    .default([])
    .describe("entry n: their further batches of n tokens, steps or levels of trees"),
  draftedAt: list(count).describe("passes that drafted position i"),
  testedAt: list(count).describe("of those, passes that accepted all before it"),
  acceptedAt: list(count),
  drafters: z
    .record(z.string(), drafterCountsSchema)
    .optional()
    .describe("the passes of each drafter, by its name"),
  prefillTokens: count
    .optional()
    .describe("tokens that came with the prompt's batch where they may be more than the first"),
  decodeMs: number.describe("time after these and the prefills"),
  prefillMs: time.describe("of both models"),
  firstTokenMs: number,
  promptTokens: count,
  reusedTokens: count,
  draftMs: time,
  verifyMs: time,
  overheadMs: time,
  stallMs: number
    .optional()
    .describe("lost in passes that took five times what passes of their size take"),
  doneReason: z.enum(["eog", "length", "stop", "context"]),
  text: z.string(),
  tokenIds: list(count),
  reasoning: reasoningCountsSchema
    .optional()
    .describe("the run's part that is the model's reasoning; absent where there is none"),
});
