import type { Options } from "yargs";
import { defaultSampler, type SamplerSettings } from "../decoding/sampler.ts";
import { maxTemperature, maxTopK } from "../limits.ts";
import { parseNumber } from "./numbers.ts";

/** Flags that shape the target's distribution. */
export const samplerOptions = {
  temp: {
    type: "string",
    requiresArg: true,
    describe: "Temperature; 0 takes the likeliest token",
    group: "Sampling:",
  },
  "sampler-top-k": {
    type: "string",
    requiresArg: true,
    describe: "Sample from the k likeliest tokens; 0 for all",
    group: "Sampling:",
  },
  "top-p": {
    type: "string",
    requiresArg: true,
    describe: "Sample from the likeliest tokens that reach this probability together",
    group: "Sampling:",
  },
  "min-p": {
    type: "string",
    requiresArg: true,
    describe: "Sample from tokens with at least this share of the likeliest one's probability",
    group: "Sampling:",
  },
} as const satisfies Record<string, Options>;

/** llama.cpp's defaults but greedy. */
export const samplerDefaults = {
  temp: String(defaultSampler.temperature),
  "sampler-top-k": String(defaultSampler.topK),
  "top-p": String(defaultSampler.topP),
  "min-p": String(defaultSampler.minP),
};

const maxSeed = 0xffff_ffff;

/** @throws UserError for a value out of its range */
export function samplerSettings(values: typeof samplerDefaults): SamplerSettings {
  return {
    temperature: parseNumber(values.temp, { name: "--temp", min: 0, max: maxTemperature }),
    topK: parseNumber(values["sampler-top-k"], {
      name: "--sampler-top-k",
      min: 0,
      max: maxTopK,
      whole: true,
    }),
    topP: parseNumber(values["top-p"], { name: "--top-p", min: 0, max: 1 }),
    minP: parseNumber(values["min-p"], { name: "--min-p", min: 0, max: 1 }),
  };
}

/** @throws UserError for a value out of its range */
export function parseSeed(text: string): number {
  return parseNumber(text, { name: "--seed", min: 0, max: maxSeed, whole: true });
}
