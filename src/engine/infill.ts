import { environmentError, type UserError } from "../errors.ts";
import type { Infill, Vocabulary } from "./port.ts";

/** The tokens that come before the parts of a fill-in-the-middle prompt; undefined where missing. */
export type InfillTokens = Readonly<Record<"prefix" | "suffix" | "middle", number | undefined>>;

/** A vocabulary as far as a fill-in-the-middle prompt needs it. */
export interface InfillVocabulary extends Pick<Vocabulary, "specials" | "addsBos"> {
  /** The model's name, for messages. */
  readonly model: string;
  readonly infill: InfillTokens;
  /** Tokens of plain text, without BOS. */
  readonly plainTokens: (text: string) => readonly number[];
}

/**
 * Writes a fill-in-the-middle prompt in the order in which llama.cpp's server does
 * (`format_prompt_infill`, tools/server/server-common.cpp): prefix, suffix, middle. Special tokens
 * that the code spells stay plain text. The names of a repository and a file, which the server puts
 * in front where a model has tokens for them, are left out: no prompt has them.
 *
 * @throws UserError where the model lacks one of the three tokens
 */
export function writeInfill(vocabulary: InfillVocabulary, { prefix, suffix }: Infill): number[] {
  const { addsBos, specials, plainTokens } = vocabulary;
  const { infill, bos } = { infill: requireTokens(vocabulary), bos: specials.bos };
  return [
    ...(addsBos && bos !== undefined ? [bos] : []),
    ...[infill.prefix, ...plainTokens(prefix)],
    ...[infill.suffix, ...plainTokens(suffix)],
    infill.middle,
  ];
}

function requireTokens({ model, infill }: InfillVocabulary) {
  const { prefix, suffix, middle } = infill;
  if (prefix === undefined || suffix === undefined || middle === undefined) {
    throw noInfill(model, infill);
  }
  return { prefix, suffix, middle };
}

function noInfill(model: string, infill: InfillTokens): UserError {
  const missing = Object.entries(infill).flatMap(([part, id]) => (id === undefined ? [part] : []));
  const which = missing.length === 3 ? "" : ` for ${missing.join(" and ")}`;
  return environmentError(
    "no-infill",
    `${model} has no fill-in-the-middle tokens${which}, so it cannot fill a gap in code`,
    "Choose a model that was trained to fill in the middle, such as Qwen2.5-Coder, or leave these prompts out.",
  );
}
