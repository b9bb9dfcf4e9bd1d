import { type Remark, usageError } from "../errors.ts";
import type { Config } from "./config.ts";

/** The flag that has control tokens in raw prompts read as such. */
export const specialOption = {
  type: "boolean",
  describe: "Read special tokens spelled in a raw prompt as those tokens, not as text; needs --raw",
} as const;

type RawConfig = Config<{ readonly raw: boolean; readonly special: boolean }>;

/**
 * Checks that `--special`, where it is given, has something to act on.
 *
 * @param hasRawPrompts whether any prompt goes in without a chat template
 * @throws UserError where it has not
 */
export function requireRaw({ values, origins }: RawConfig, hasRawPrompts = values.raw): void {
  if (!values.special || hasRawPrompts || origins.special !== "flag") return;
  throw usageError(
    `--special needs raw prompts: ${reason}`,
    "Give --raw too, or leave --special out.",
  );
}

/**
 * The same, and what to say on stderr where it comes from a preset and has nothing to act on.
 *
 * @throws UserError as `requireRaw` does
 */
export function specialRemarks(config: RawConfig, hasRawPrompts = config.values.raw): Remark[] {
  requireRaw(config, hasRawPrompts);
  if (!config.values.special || hasRawPrompts) return [];
  const text = `the preset's "special" does nothing here: ${reason}`;
  return [
    { level: "warning", text, hint: "Give --raw to use the prompts without a chat template." },
  ];
}

const reason = "a chat template writes special tokens itself, and messages in it stay plain text";
