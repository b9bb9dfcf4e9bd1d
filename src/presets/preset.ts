import { z } from "zod";
import { drafterChoices } from "../drafter-choice.ts";
import { isDeeperThan } from "../json-depth.ts";
import {
  deepestKwargs,
  maxContext,
  maxDraftLength,
  maxNgram,
  maxRepetitions,
  maxTemperature,
  maxTokensLimit,
  maxTopK,
} from "../limits.ts";

const text = z.string().min(1, "is empty");
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "takes 64 lower-case hex digits");

const knownFacts = {
  sizeBytes: z.int().positive().optional().describe("of the file, where it is known"),
  sha256: sha256.optional().describe("of the file, where it is known; a download must match it"),
};

const uri = z
  .string()
  .regex(
    /^(?:hf:[^/:#\s]+\/[^/:#\s]+(?::[\w.-]+|\/[^#\s]+\.gguf(?:#\S+)?)|https?:\/\/\S+\.gguf(?:[?.#]\S*)?)$/,
    'takes "hf:user/model:quantisation", "hf:user/model/file.gguf" or the address of a .gguf file',
  );

/** Where a model of a preset comes from; exactly one of the three. */
const modelSourceSchema = z.union(
  [
    z
      .strictObject({
        embedded: text
          .regex(/^[^/\\]+$/, "takes a file name")
          .describe("file in specdec's own models folder"),
        ...knownFacts,
      })
      .describe("comes with specdec"),
    z
      .strictObject({
        path: text.describe("a relative one counts from the preset's own folder"),
        ...knownFacts,
      })
      .describe("a file on this machine"),
    z
      .strictObject({
        uri: uri.describe("hf:user/model:quantisation, hf:user/model/file.gguf, or http(s)"),
        ...knownFacts,
      })
      .describe("fetched by `specdec models pull`"),
  ],
  {
    error:
      'takes {"uri": "hf:user/model:quantisation"}, {"path": "file.gguf"} or {"embedded": "file.gguf"}, with sizeBytes and sha256 beside it where they are known',
  },
);

/** One source, or several. */
const headsSchema = z
  .union([modelSourceSchema, z.array(modelSourceSchema).min(1)], {
    error: 'takes {"path": "heads.gguf"}, {"uri": …} or {"embedded": …}, or a list of such',
  })
  .describe(
    "draft heads of the target: one file, or several that bench sweeps; others take the first",
  );

const number = String.raw`\d+(?:\.\d+)?`;
const range = `${number}(?:-${number}(?:[+*]${number})?)?`;
const axis = z
  .string()
  .regex(new RegExp(`^${range}(?:,${range})*$`), 'takes an axis like "1,2,4" or "1-8"')
  .describe("axis of a sweep, as on the command line: 1,2,4 or 1-8 or 1-9+2 or 1-16*2");
const lengthPart = `(?:auto|${range})`;
const lengthAxis = z
  .string()
  .regex(
    new RegExp(`^${lengthPart}(?:,${lengthPart})*$`),
    'takes an axis like "1,2,4" or "1-8", with or without auto',
  )
  .describe("axis of a sweep, as on the command line, auto among its values: 1,2,4,auto");

const drafter = z
  .enum(drafterChoices)
  .describe(
    "what drafts: the draft model, draft heads, prompt lookup, the first that has a proposal, or none",
  );
const share = z.number().min(0).max(1);
const ngram = z.int().min(1).max(maxNgram);

const maxTokens = z.int().min(1).max(maxTokensLimit);

/** Everything a preset may say. Flags win over it, and it wins over specdec's defaults. */
export const presetSchema = z.strictObject({
  $schema: z.string().optional(),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/, "takes lower-case letters, digits, dots and dashes")
    .describe("what --preset names"),
  description: text.describe("one line"),
  target: modelSourceSchema,
  draft: modelSourceSchema.optional(),
  heads: headsSchema.optional(),
  context: z
    .int()
    .min(0)
    .max(maxContext)
    .optional()
    .describe("tokens; 0 or absent for the target's own"),
  settings: z
    .strictObject({
      drafter: drafter.optional(),
      draftLen: z
        .union([z.int().min(0).max(maxDraftLength), z.literal("auto")], {
          error: `takes a whole number from 0 to ${maxDraftLength}, or "auto"`,
        })
        .optional(),
      topK: z.int().min(0).max(maxTopK).optional().describe("candidate filter; 0 for all"),
      treeSize: z
        .int()
        .min(0)
        .max(maxDraftLength)
        .optional()
        .describe("drafted tokens of a tree, not below draftLen; 0 for a chain"),
      pMin: share.optional().describe("draft probability of a path below which it stops"),
      accept: z.enum(["exact", "typical"]).optional().describe("typical is lossy"),
      typicalEpsilon: share.positive().optional(),
      typicalDelta: share.positive().optional(),
      ngramMin: ngram.optional().describe("fewest tokens that prompt lookup compares"),
      ngramMax: ngram.optional().describe("most tokens that prompt lookup compares"),
      temp: z.number().min(0).max(maxTemperature).optional(),
      maxTokens: maxTokens.optional(),
      raw: z.boolean().optional().describe("continue prompts without a chat template"),
      special: z
        .boolean()
        .optional()
        .describe("special tokens spelled in raw prompts are those tokens"),
      chatTemplate: text
        .optional()
        .describe(
          "a file with a Jinja template, counted from the preset's own folder, or one of llama.cpp's formats",
        ),
      chatTemplateKwargs: z
        .record(z.string(), z.unknown())
        .refine((kwargs) => !isDeeperThan(deepestKwargs, kwargs), "nested too deep")
        .optional()
        .describe("variables for the chat template"),
      thinking: z
        .enum(["on", "off"])
        .optional()
        .describe("whether the chat template asks for reasoning"),
    })
    .optional()
    .describe(
      "recommended for generate and chat; all but draftLen and maxTokens count for bench too",
    ),
  sweep: z
    .strictObject({
      drafter: z.array(drafter).min(1).optional().describe("axis of a sweep"),
      draftLen: lengthAxis.optional(),
      topK: axis.optional(),
      treeSize: axis.optional(),
      pMin: axis.optional(),
      temp: axis.optional(),
      maxTokens: maxTokens.optional(),
      reps: z.int().min(1).max(maxRepetitions).optional(),
    })
    .optional()
    .describe("what bench runs"),
  prompts: z
    .array(text)
    .min(1)
    .optional()
    .describe("names of prompt suites, or files counted from the preset's own folder"),
  licence: text.describe("of the models, SPDX where there is one"),
  hardware: text.describe("what it needs"),
  notes: z.array(text).optional(),
  untried: z
    .array(text)
    .optional()
    .describe("what could not be tried when this preset was written"),
});

/** A pair with the settings that suit it, as data. */
export type Preset = z.infer<typeof presetSchema>;

/** Where one model of a preset comes from. */
export type ModelSource = z.infer<typeof modelSourceSchema>;

/** Where the draft heads of a preset come from; empty where it has none. */
export function headSources({ heads = [] }: Preset): readonly ModelSource[] {
  return Array.isArray(heads) ? heads : [heads];
}
