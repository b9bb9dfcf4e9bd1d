import { z } from "zod";
import { drafterChoices } from "../drafter-choice.ts";
import { sampleSchema } from "./sample-schema.ts";
import { count, list, number, rate } from "./schema-parts.ts";

/** Something a reader should know, with what helps against it. */
export const warningSchema = z.object({ code: z.string(), text: z.string(), hint: z.string() });

/** Where a text leaves plain's. */
export const differenceSchema = z.object({
  prompt: z.string(),
  position: count.describe("index of the first token that differs, from 0"),
  logitGap: rate.describe("plain's gap between its two likeliest tokens there; null if unknown"),
});

export const comparisonSchema = z.object({
  equal: count.describe("prompts whose tokens equal plain's in every repetition"),
  compared: count.describe("prompts"),
  differences: list(differenceSchema).describe("one for each prompt that is not equal"),
});

export const spreadSchema = z.object({
  rate: number
    .optional()
    .describe(
      "geometric mean over prompts of the median over repetitions; divided by plain's it is the speedup",
    ),
  median: number.describe("over samples"),
  low: number.describe("lower quartile"),
  high: number.describe("upper quartile"),
});

export const speedupSchema = z.object({
  estimate: number.describe(
    "tokens/s over plain's: geometric mean over prompts of the ratio of medians over repetitions",
  ),
  low: rate.describe("bootstrap 95% interval; null where prompts or repetitions are too few"),
  high: rate,
  simultaneous: z
    .object({ low: number, high: number, of: count.describe("settings that draft") })
    .optional()
    .describe("95% interval that holds for all settings of the sweep together; absent with one"),
});

const verdictSchema = z.enum(["faster", "slower", "undecided"]);

export const categorySchema = z.object({
  category: z.string(),
  prompts: count.describe("of this category"),
  speedup: speedupSchema.nullable().describe("null for plain"),
  alpha: rate,
  meanAcceptanceLength: rate,
});

const sharesSchema = z.object({ draft: number, verify: number, overhead: number });

const regretSchema = z.object({
  value: number.describe(
    "1 - speed / that of the best fixed cell at the same temperature, less what the best of many gains by chance",
  ),
  low: rate.optional().describe("simultaneous 95% interval over all fixed cells"),
  high: rate.optional(),
  against: z.string().describe("id of that cell"),
});

/** What a draft length that is chosen before every pass came to. */
export const adaptiveSchema = z.object({
  plannedSizes: list(count).describe("entry n: passes for which n tokens were chosen"),
  probeShare: rate.describe("passes that drafted in order to learn / passes"),
  regret: regretSchema.nullable().describe("null without a fixed cell that drafts"),
});

/** A part of all texts: the reasoning, or the answers after it. */
export const textPartSchema = z.object({
  tokenShare: number.describe("of the tokens of all runs"),
  draftAcceptanceRate: rate,
  alpha: rate,
  meanAcceptanceLength: rate,
});

/** What the samples of a cell come to. Rates without anything to divide by are null. */
export const summarySchema = z.object({
  tokensPerSecond: spreadSchema.nullable(),
  totals: z
    .object({ tokens: count.describe("decoded"), ms: number.describe("decoding them") })
    .optional()
    .describe("of all runs, stalls included; no estimate rests on them"),
  speedup: speedupSchema.nullable().describe("null for plain"),
  implausible: list(z.enum(["above-tokens-per-pass", "far-from-predicted"]))
    .optional()
    .describe("why the speedup cannot be right; absent if nothing speaks against it"),
  verdict: verdictSchema.optional().describe("of the speedup's interval, beyond the noise margin"),
  draftAcceptanceRate: rate,
  alpha: rate,
  meanAcceptanceLength: rate,
  positionAcceptance: list(number).describe("accepted at position i / drafted it"),
  conditionalAcceptance: list(number).describe("the same, given that i - 1 was accepted"),
  acceptedLengths: list(count)
    .optional()
    .describe("entry n: passes that accepted n drafted tokens"),
  reasoning: textPartSchema.optional().describe("absent where no run has reasoning"),
  answer: textPartSchema.optional().describe("all but the reasoning; absent with it"),
  categories: list(categorySchema).optional().describe("the same by category of the prompts"),
  shares: sharesSchema.nullable().describe("of the decoding time"),
  sameAsPlain: comparisonSchema.nullable().describe("null for plain and above temperature 0"),
  deviationRate: rate
    .default(null)
    .describe("tokens that the exact rule would not have chosen / tokens of passes; null if exact"),
  adaptive: adaptiveSchema.nullable().default(null).describe("null at a fixed draft length"),
});

export const drafterSchema = z.enum(drafterChoices);
export const acceptSchema = z
  .enum(["exact", "typical"])
  .default("exact")
  .describe("acceptance rule; typical is lossy");

export const headsKindSchema = z.enum(["parallel", "chained"]);

/** Draft heads as a value of an axis. */
export const cellHeadsSchema = z.object({
  index: count.describe("of the file in models.heads"),
  kind: headsKindSchema,
  name: z
    .string()
    .describe("the kind, and the file's name where the sweep has several of that kind"),
});

export const cellSettingsSchema = z.object({
  id: z.string(),
  method: z.enum(["plain", "speculative", "baseline"]),
  baseline: z
    .enum(["evaluate", "draft", "lookup"])
    .optional()
    .describe("what of node-llama-cpp's own API decodes; of baselines only"),
  again: z.literal(true).optional().describe("plain measured once more, to be held against plain"),
  drafter: drafterSchema.describe("what drafts, the first to be asked first"),
  heads: cellHeadsSchema.optional().describe("absent where no draft heads draft"),
  draftLen: count.describe("most tokens drafted in a row; 0 for plain"),
  adaptive: z.boolean().default(false).describe("true where each pass has a length of its own"),
  topK: count.describe("candidate filter of the draft; 0 keeps all"),
  treeSize: count.describe("drafted tokens of a tree; 0 for a chain"),
  pMin: number.describe("draft probability of a path below which it stops; 0 for never"),
  accept: acceptSchema,
  temp: number,
});

export const cellReportSchema = cellSettingsSchema.extend({
  state: z.enum(["planned", "running", "done"]),
  samples: list(sampleSchema),
  summary: summarySchema.nullable(),
  predicted: rate
    .optional()
    .describe("speedup by the costs and what was accepted; null where it cannot be told"),
  warnings: list(warningSchema),
});
