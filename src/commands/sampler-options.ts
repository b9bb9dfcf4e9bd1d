import type { InferredOptionTypes, Options } from "yargs";
import { defaultSampler, type SamplerSettings } from "../decoding/sampler.ts";
import { parseNumber } from "./numbers.ts";

/** Flags that shape the target's distribution, with llama.cpp's defaults but greedy. */
export const samplerOptions = {
  temp: {
    type: "string",
    default: String(defaultSampler.temperature),
    requiresArg: true,
    describe: "Temperature; 0 takes the likeliest token",
    group: "Sampling:",
  },
  "sampler-top-k": {
    type: "string",
    default: String(defaultSampler.topK),
    requiresArg: true,
    describe: "Sample from the k likeliest tokens; 0 for all",
    group: "Sampling:",
  },
  "top-p": {
    type: "string",
    default: String(defaultSampler.topP),
    requiresArg: true,
    describe: "Sample from the likeliest tokens that reach this probability together",
    group: "Sampling:",
  },
  "min-p": {
    type: "string",
    default: String(defaultSampler.minP),
    requiresArg: true,
    describe: "Sample from tokens with at least this share of the likeliest one's probability",
    group: "Sampling:",
  },
} as const satisfies Record<string, Options>;

const maxTopK = 1_000_000;
const maxSeed = 0xffff_ffff;

/** @throws UserError for a value out of its range */
export function samplerSettings(
  flags: InferredOptionTypes<typeof samplerOptions>,
): SamplerSettings {
  return {
    temperature: parseNumber(flags.temp, { name: "--temp", min: 0, max: 100 }),
    topK: parseNumber(flags["sampler-top-k"], {
      name: "--sampler-top-k",
      min: 0,
      max: maxTopK,
      whole: true,
    }),
    topP: parseNumber(flags["top-p"], { name: "--top-p", min: 0, max: 1 }),
    minP: parseNumber(flags["min-p"], { name: "--min-p", min: 0, max: 1 }),
  };
}

/** @throws UserError for a value out of its range */
export function parseSeed(text: string): number {
  return parseNumber(text, { name: "--seed", min: 0, max: maxSeed, whole: true });
}
