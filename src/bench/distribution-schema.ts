import { z } from "zod";
import { count, number } from "./schema-parts.ts";

const smoothTestSchema = z
  .object({ statistic: number, degrees: count, pValue: number })
  .describe("Neyman's smooth test of uniformity");

const acceptanceTestSchema = z.object({
  tested: count.describe("drafted tokens that the rule decided on"),
  accepted: count,
  expected: number.describe("sum of the exact rule's acceptance probabilities"),
  pValue: number.describe("two-sided"),
  detects: number
    .optional()
    .describe("least factor on acceptance that 80% of such checks find; absent where above 10"),
});

/** Whether drafted and chosen tokens are what the exact rule gives, by the engine's own p and q. */
const positionTestsSchema = z.object({
  places: count.describe("places in drafts that the acceptance rule went through"),
  acceptance: acceptanceTestSchema,
  drafted: smoothTestSchema
    .optional()
    .describe("drafted tokens against the draft's distribution; absent where chance drew none"),
  chosen: smoothTestSchema.describe("tokens chosen there against the target's distribution"),
  pValue: number.describe("of these tests together: the smallest times their number, at most 1"),
});

/**
 * Whether a cell's tokens are distributed as plain's: a two-sample χ² test of second tokens, and
 * tests of every place of its drafts.
 */
export const distributionCheckSchema = z.object({
  cell: z.string().describe("plain's own is plain against plain, the control"),
  generations: count.describe("of the cell, and as many of plain with other seeds"),
  statistic: number,
  degrees: count.describe("of freedom; 0 where all tokens were the same"),
  pValue: number.describe("chance of such a statistic where both are of one distribution"),
  positions: positionTestsSchema
    .optional()
    .describe("absent for plain, for lossy rules, and where nothing was drafted"),
});

/** Tests of what the exact rule decided at every tested place of many drafts. */
export type PositionTests = z.infer<typeof positionTestsSchema>;
/** Whether drafted tokens were accepted as often as they should have been. */
export type AcceptanceTest = z.infer<typeof acceptanceTestSchema>;
