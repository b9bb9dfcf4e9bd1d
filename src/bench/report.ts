import { z } from "zod";
import { defaultTypical } from "../decoding/typical-acceptance.ts";
import { drafterChoices } from "../drafter-choice.ts";
import { defaultNgram } from "../engine/pair.ts";
import type { ChatMessage, EngineInfo, HeadsInfo, ModelInfo } from "../engine/port.ts";
import { costsSchema } from "./cost-model/costs.ts";
import { noiseSchema } from "./noise-schema.ts";

/** The schema name that every report carries. */
export const reportSchemaName = "specdec.bench/1";

const count = z.int().min(0);
const number = z.number();
const rate = z.number().nullable();
const time = z.number().nullable().describe("null where node-llama-cpp does not tell");
const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();

/** Something a reader should know, with what helps against it. */
const warningSchema = z.object({ code: z.string(), text: z.string(), hint: z.string() });

const messageSchema = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
}) satisfies z.ZodType<ChatMessage>;

/** One prompt of a suite. */
const promptSchema = z.object({
  id: z.string(),
  category: z.string(),
  prompt: z.string(),
  history: list(messageSchema).optional().describe("what was said before, oldest first"),
});

const drafterCountsSchema = z.object({
  passes: count,
  drafted: count,
  accepted: count,
  mismatches: count,
  draftedAt: list(count),
  acceptedAt: list(count),
  read: count.describe("tokens emitted before the last of them"),
});

/** One run: one prompt, one repetition, one cell. Durations in ms. */
const sampleSchema = z.object({
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
  probes: count.default(0).describe("of these, passes whose choice was to learn"),
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
});

/** Where a text leaves plain's. */
const differenceSchema = z.object({
  prompt: z.string(),
  position: count.describe("index of the first token that differs, from 0"),
  logitGap: rate.describe("plain's gap between its two likeliest tokens there; null if unknown"),
});

const comparisonSchema = z.object({
  equal: count.describe("prompts whose tokens equal plain's in every repetition"),
  compared: count.describe("prompts"),
  differences: list(differenceSchema).describe("one for each prompt that is not equal"),
});

const spreadSchema = z.object({
  median: number.describe("over samples"),
  low: number.describe("lower quartile"),
  high: number.describe("upper quartile"),
});

const speedupSchema = z.object({
  estimate: number.describe("tokens/s over plain's, ratio of totals"),
  low: rate.describe("bootstrap 95% interval; null with a single sample"),
  high: rate,
});

const verdictSchema = z.enum(["faster", "slower", "undecided"]);

const categorySchema = z.object({
  category: z.string(),
  prompts: count.describe("of this category"),
  speedup: speedupSchema.nullable().describe("null for plain"),
  alpha: rate,
  meanAcceptanceLength: rate,
});

const sharesSchema = z.object({ draft: number, verify: number, overhead: number });

const regretSchema = z.object({
  value: number.describe("1 - speedup / that of the best fixed cell at the same temperature"),
  against: z.string().describe("id of that cell"),
});

/** What a draft length that is chosen before every pass came to. */
const adaptiveSchema = z.object({
  plannedSizes: list(count).describe("entry n: passes for which n tokens were chosen"),
  probeShare: rate.describe("passes whose choice was to learn / passes"),
  regret: regretSchema.nullable().describe("null without a fixed cell that drafts"),
});

/** What the samples of a cell come to. Rates without anything to divide by are null. */
const summarySchema = z.object({
  tokensPerSecond: spreadSchema.nullable(),
  speedup: speedupSchema.nullable().describe("null for plain"),
  verdict: verdictSchema.optional().describe("of the speedup's interval, beyond the noise margin"),
  draftAcceptanceRate: rate,
  alpha: rate,
  meanAcceptanceLength: rate,
  positionAcceptance: list(number).describe("accepted at position i / drafted it"),
  conditionalAcceptance: list(number).describe("the same, given that i - 1 was accepted"),
  acceptedLengths: list(count)
    .optional()
    .describe("entry n: passes that accepted n drafted tokens"),
  categories: list(categorySchema).optional().describe("the same by category of the prompts"),
  shares: sharesSchema.nullable().describe("of the decoding time"),
  sameAsPlain: comparisonSchema.nullable().describe("null for plain and above temperature 0"),
  deviationRate: rate
    .default(null)
    .describe("tokens that the exact rule would not have chosen / tokens of passes; null if exact"),
  adaptive: adaptiveSchema.nullable().default(null).describe("null at a fixed draft length"),
});

const drafterSchema = z.enum(drafterChoices);
const acceptSchema = z
  .enum(["exact", "typical"])
  .default("exact")
  .describe("acceptance rule; typical is lossy");

const headsKindSchema = z.enum(["parallel", "chained"]);

/** Draft heads as a value of an axis. */
const cellHeadsSchema = z.object({
  index: count.describe("of the file in models.heads"),
  kind: headsKindSchema,
  name: z
    .string()
    .describe("the kind, and the file's name where the sweep has several of that kind"),
});

const cellSettingsSchema = z.object({
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

const cellReportSchema = cellSettingsSchema.extend({
  state: z.enum(["planned", "running", "done"]),
  samples: list(sampleSchema),
  summary: summarySchema.nullable(),
  predicted: rate
    .optional()
    .describe("speedup by the costs and what was accepted; null where it cannot be told"),
  warnings: list(warningSchema),
});

const settingsSchema = z.object({
  preset: z.string().nullable().optional().describe("id; null where no preset was used"),
  presetDescription: z.string().optional().describe("what the preset says of itself"),
  drafters: list(drafterSchema).default(["draft"]),
  heads: list(z.object({ file: z.string(), kind: headsKindSchema, count }))
    .optional()
    .describe("files of draft heads, an axis of what they draft; absent without any"),
  draftLengths: list(z.union([count, z.literal("auto")])),
  topKs: list(count).nullable().describe("null for 1 at temperature 0 and 10 above it"),
  treeSizes: list(count).nullable().default([0]).describe("null for the draft length"),
  pMins: list(number).default([0]),
  accept: acceptSchema,
  typical: z.object({ epsilon: number, delta: number }).default(defaultTypical),
  ngram: z.object({ min: count, max: count }).default(defaultNgram),
  temperatures: list(number),
  sampler: z.object({ topK: count, topP: number, minP: number }),
  maxTokens: count,
  stopTexts: list(z.string()),
  repetitions: count,
  aa: z.boolean().optional().describe("plain is measured against plain, too"),
  baselineRows: z.boolean().optional().describe("node-llama-cpp's own API is measured, too"),
  untilCi: number
    .optional()
    .describe("repetitions go on until every interval's half-width is this share of its estimate"),
  timeBudgetMs: number.optional().describe("after this time no further run begins"),
  checkDistribution: z.boolean().optional(),
  warmup: count.describe("warm-up runs of each cell, not counted"),
  seed: z.int(),
  raw: z.boolean().describe("true where prompts go in without a chat template"),
  prompts: list(promptSchema),
});

const modelSchema = z.object({
  file: z.string(),
  sizeBytes: number,
  headerSha256: z.string(),
  name: z.string(),
  architecture: z.string(),
  quantisation: z.string(),
  parameters: number,
  trainedContext: number,
  vocabularySize: number,
  embeddingWidth: number,
  layers: number,
  hasChatTemplate: z.boolean(),
  canRollBack: z.boolean(),
}) satisfies z.ZodType<ModelInfo>;

const headsSchema = z.object({
  file: z.string(),
  sizeBytes: number,
  headerSha256: z.string(),
  kind: headsKindSchema,
  count: count.describe("heads; no draft of theirs is longer"),
  width: number,
  parameters: number,
  quantisation: z.string(),
  outputs: count.describe("tokens that they can propose"),
  target: z.object({
    name: z.string(),
    architecture: z.string(),
    vocabularySize: number,
    vocabularySha256: z.string(),
    headerSha256: z.string(),
  }),
  acceptance: list(number).describe("of each head's likeliest token on held-out text"),
  trainedTokens: number,
}) satisfies z.ZodType<HeadsInfo>;

const engineSchema = z.object({
  engine: z.enum(["libllama", "node-llama-cpp", "fake"]),
  release: z.string(),
  backend: z.string(),
  threads: number,
  trees: z.boolean(),
}) satisfies z.ZodType<EngineInfo>;

const machineSchema = z.object({
  cpu: z.string(),
  cores: count,
  memoryBytes: number,
  os: z.string(),
  arch: z.string(),
  node: z.string(),
});

/** Whether a cell's second tokens are distributed as plain's: a two-sample χ² test. */
const distributionCheckSchema = z.object({
  cell: z.string(),
  generations: count.describe("of the cell, and as many of plain with other seeds"),
  statistic: number,
  degrees: count.describe("of freedom; 0 where all tokens were the same"),
  pValue: number.describe("chance of such a statistic where both are of one distribution"),
});

/** Why a bench ended, where not for having made its repetitions. */
const endedBySchema = z.enum(["precision", "prompts-differ", "repetitions-limit", "time-budget"]);

/** A whole bench report, as it stands in JSON. */
export const reportSchema = z.object({
  schema: z.literal(reportSchemaName),
  created: z.iso.datetime(),
  finished: z.boolean().describe("false where the bench was stopped or is still running"),
  endedBy: endedBySchema.optional(),
  machine: machineSchema,
  versions: z.record(z.string(), z.string()),
  engine: engineSchema,
  contextSize: count,
  models: z.object({
    target: modelSchema,
    draft: modelSchema.optional(),
    heads: list(headsSchema).optional().describe("draft heads; absent without any"),
  }),
  plan: settingsSchema,
  costs: costsSchema.optional().describe("absent where they were not measured"),
  cells: list(cellReportSchema),
  noise: noiseSchema.optional(),
  distributions: list(distributionCheckSchema).optional().describe("by --check-distribution"),
  warnings: list(warningSchema),
});

export type BenchReport = z.infer<typeof reportSchema>;
export type BenchSettings = z.infer<typeof settingsSchema>;
export type BenchPrompt = z.infer<typeof promptSchema>;
export type BenchWarning = z.infer<typeof warningSchema>;
export type Cell = z.infer<typeof cellSettingsSchema>;
export type CellHeads = z.infer<typeof cellHeadsSchema>;
export type CellReport = z.infer<typeof cellReportSchema>;
export type AdaptiveSummary = z.infer<typeof adaptiveSchema>;
export type CategorySummary = z.infer<typeof categorySchema>;
export type CellSummary = z.infer<typeof summarySchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type DistributionCheck = z.infer<typeof distributionCheckSchema>;
export type EndedBy = z.infer<typeof endedBySchema>;
export type Machine = z.infer<typeof machineSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type Speedup = z.infer<typeof speedupSchema>;
export type Spread = z.infer<typeof spreadSchema>;
