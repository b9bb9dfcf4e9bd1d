import { randomInt } from "node:crypto";
import type { GenerateRequest } from "../engine/pair.ts";
import { maxTokensLimit } from "../limits.ts";
import { parseNumber } from "./numbers.ts";
import { parseSeed } from "./sampler-options.ts";

/**
 * The seed of an answer, a new one where none is given, and how long it may be.
 *
 * @throws UserError for a value out of its range
 */
export function answerLimits(values: {
  readonly seed: string | undefined;
  readonly "max-tokens": string;
}): Pick<GenerateRequest, "seed" | "maxTokens"> {
  return {
    seed: values.seed === undefined ? randomInt(2 ** 32 - 1) : parseSeed(values.seed),
    maxTokens: parseNumber(values["max-tokens"], {
      name: "--max-tokens",
      min: 1,
      max: maxTokensLimit,
      whole: true,
    }),
  };
}
