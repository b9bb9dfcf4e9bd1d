import { z } from "zod";
import { defaultTypical } from "../decoding/typical-acceptance.ts";
import { defaultNgram } from "../engine/pair.ts";
import type { ChatMessage, EngineInfo, HeadsInfo, ModelInfo } from "../engine/port.ts";
import {
  acceptSchema,
  type adaptiveSchema,
  type categorySchema,
  type cellHeadsSchema,
  cellReportSchema,
  type cellSettingsSchema,
  type comparisonSchema,
  type differenceSchema,
  drafterSchema,
  headsKindSchema,
  speedupSchema,
  type spreadSchema,
  type summarySchema,
  type textPartSchema,
  warningSchema,
} from "./cell-schema.ts";
import { costsSchema } from "./cost-model/costs.ts";
import { noiseSchema } from "./noise-schema.ts";
import { sampleSchema } from "./sample-schema.ts";
import { count, list, number } from "./schema-parts.ts";

/** The schema name that every report carries. */
export const reportSchemaName = "specdec.bench/1";

const messageSchema = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
}) satisfies z.ZodType<ChatMessage>;

/** One prompt of a suite. */
const promptSchema = z.object({
  id: z.string(),
  category: z.string(),
  prompt: z.string().describe("what is asked; of infill, the code before the gap"),
  history: list(messageSchema).optional().describe("what was said before, oldest first"),
  raw: z.boolean().optional().describe("true where this prompt goes in without a chat template"),
  special: z
    .boolean()
    .optional()
    .describe("true where special tokens spelled in a raw prompt are those tokens"),
  infill: z
    .object({ prefix: z.string(), suffix: z.string() })
    .optional()
    .describe("code around a gap, written in the target's fill-in-the-middle tokens"),
  maxTokens: count.optional().describe("tokens at most for this prompt, in place of the bench's"),
  turn: count
    .optional()
    .describe("from 2, of a conversation whose answers in history are plain's at temperature 0"),
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
  checkTexts: count.optional().describe("that a cell draws for that check; 500 where absent"),
  warmup: count.describe("warm-up runs of each cell, not counted"),
  confirm: z
    .boolean()
    .optional()
    .describe("the best of many settings is measured once more after the sweep"),
  seed: z.int(),
  raw: z.boolean().describe("true where prompts go in without a chat template"),
  special: z
    .boolean()
    .optional()
    .describe("true where special tokens spelled in raw prompts are those tokens"),
  chatTemplate: z
    .object({
      name: z.string().describe("a file, or one of llama.cpp's formats"),
      source: z.string().optional().describe("Jinja; absent for one of llama.cpp's formats"),
      sha256: z.string().optional().describe("of the source"),
    })
    .optional()
    .describe("absent for the model's own"),
  chatTemplateKwargs: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("variables that the chat template got besides the standard ones"),
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
  cell: z.string().describe("plain's own is plain against plain, the control"),
  generations: count.describe("of the cell, and as many of plain with other seeds"),
  statistic: number,
  degrees: count.describe("of freedom; 0 where all tokens were the same"),
  pValue: number.describe("chance of such a statistic where both are of one distribution"),
});

/** The best cell of a sweep and plain decoding, measured once more after it. */
const confirmationSchema = z.object({
  cell: z.string().describe("id of the best cell"),
  own: list(sampleSchema),
  plain: list(sampleSchema),
  speedup: speedupSchema.describe("of these runs alone; the interval holds for all settings"),
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
  confirmation: confirmationSchema.optional().describe("of sweeps of many settings"),
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
export type TextPart = z.infer<typeof textPartSchema>;
export type Confirmation = z.infer<typeof confirmationSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type DistributionCheck = z.infer<typeof distributionCheckSchema>;
export type EndedBy = z.infer<typeof endedBySchema>;
export type Machine = z.infer<typeof machineSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type Speedup = z.infer<typeof speedupSchema>;
export type Spread = z.infer<typeof spreadSchema>;
