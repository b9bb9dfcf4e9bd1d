import { z } from "zod";
import { count, number } from "./schema-parts.ts";

const outlierSchema = z.object({
  cell: z.string(),
  prompt: z.string(),
  repetition: count,
  deviation: number.describe("tokens/s over the median of its cell and prompt, less 1"),
});

const driftSchema = z.object({
  change: number.describe("plain's tokens/s at the end over those at the beginning, less 1"),
  p: number.describe("chance of such a trend without a drift (Mann-Kendall)"),
});

const loadSchema = z.object({
  others: number.describe("cores that other programs kept busy, on average"),
  cores: count.describe("cores of the machine"),
  threads: count.describe("threads of the engine"),
});

/** How quiet the machine was. */
export const noiseSchema = z.object({
  margin: number.describe("share of 1 below which a speedup is no difference"),
  measured: z.boolean().describe("true where --aa measured the margin"),
  outliers: z.array(outlierSchema).readonly(),
  stallShare: number.describe("time lost in single passes that stood still / decoding time"),
  removedStallMs: number
    .optional()
    .describe("of that time, what speeds leave out: of prompts with one or two repetitions"),
  drift: driftSchema.nullable().describe("null where too few runs can tell"),
  load: loadSchema.nullable().describe("null where it was not measured"),
});

export type Noise = z.infer<typeof noiseSchema>;
export type Outlier = z.infer<typeof outlierSchema>;
export type Drift = z.infer<typeof driftSchema>;
export type MachineLoad = z.infer<typeof loadSchema>;
