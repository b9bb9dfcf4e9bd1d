import { z } from "zod";
import { settingNames } from "./settings.ts";

/** Of the format; a file of a later one is refused. */
export const transcriptVersion = 1;

/** JSON has no NaN: where a number is unknown it is null. */
const real = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const count = z.int().min(0);

const emitted = z.object({
  token: count,
  text: z.string(),
  origin: z.enum(["draft", "correction", "bonus"]),
  q: real.exactOptional(),
  gap: real.exactOptional(),
});

const prefill = z.object({
  type: z.literal("prefill"),
  model: z.enum(["target", "draft"]),
  done: count,
  total: count,
  reused: count,
  ms: real,
});

const firstToken = z.object({
  type: z.literal("first-token"),
  emitted: z.array(emitted).readonly(),
  ms: real,
});

const round = z.object({
  type: z.literal("round"),
  drafted: z.array(z.object({ token: count, parent: z.int().min(-1), q: real })).readonly(),
  drafter: z.string().exactOptional(),
  plan: z.object({ size: count, probe: z.boolean() }).exactOptional(),
  accepted: count,
  deviations: count,
  rejected: z.object({ token: count, text: z.string(), q: real }).exactOptional(),
  emitted: z.array(emitted).readonly(),
  draftMs: real,
  verifyMs: real,
  overheadMs: real,
  contextTokens: count,
});

const reason = z.enum(["eog", "length", "stop", "context", "aborted"]);
const done = z.object({
  type: z.literal("done"),
  reason,
  text: z.string(),
  reasoning: count.exactOptional(),
});

const settings = z.object(
  Object.fromEntries(settingNames.map((name) => [name, z.string()])) as Record<
    (typeof settingNames)[number],
    z.ZodString
  >,
);

const answer = z.object({
  text: z.string(),
  reason,
  settings,
  seed: count,
  events: z.array(z.discriminatedUnion("type", [prefill, firstToken, round, done])),
});

/** A conversation with all that is known of its answers, as /save writes it into a .json file. */
export const transcriptSchema = z.object({
  specdec: z.literal("chat"),
  version: z.literal(transcriptVersion),
  models: z.object({
    target: z.string(),
    draft: z.string().nullable(),
    heads: z.array(z.string()).exactOptional(),
    engine: z.string(),
    contextSize: count,
  }),
  system: z.string().nullable(),
  chatTemplate: z
    .object({
      name: z.string().exactOptional(),
      kwargs: z.record(z.string(), z.unknown()).exactOptional(),
    })
    .exactOptional(),
  settings,
  turns: z.array(z.object({ question: z.string(), answer: answer.nullable() })),
});

/** What such a file says. */
export type TranscriptFile = z.output<typeof transcriptSchema>;
