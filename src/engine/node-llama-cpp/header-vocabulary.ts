import { environmentError } from "../../errors.ts";
import { quoted } from "../excerpt.ts";
import type { ComparedVocabulary } from "../vocabulary-check.ts";
import { readGgufHeader } from "./gguf-header.ts";
import { tokenizerFamilies } from "./llama-cpp-names.ts";
import { numberOf, textOf } from "./model-file.ts";
import { ordinaryTokens } from "./token-types.ts";

const tokensKey = "tokenizer.ggml.tokens";

/**
 * The vocabulary as a GGUF file lists it. Nothing native is loaded, and no weights are read. Special
 * tokens are those that the file names; llama.cpp guesses some more by their text.
 *
 * @param path a file that `readModelFile` found to be whole
 * @throws UserError where a token is listed twice: llama.cpp would end the process
 */
export function readHeaderVocabulary(path: string): ComparedVocabulary {
  const header = readGgufHeader(path, [tokensKey]);
  const value = header.metadata.get(tokensKey);
  const texts = typeof value === "object" ? value.texts : undefined;
  if (texts === undefined) throw noTexts(path);
  const entry = (token: number): string => texts[token] || `[EMPTY_${token}]`;
  requireDistinct(path, texts.length, entry);
  const model = textOf(header, "tokenizer.ggml.model") ?? "";
  const special = (role: string): number | undefined => {
    const id = numberOf(header, `tokenizer.ggml.${role}_token_id`);
    return id !== undefined && id < texts.length ? id : undefined;
  };
  return {
    size: texts.length,
    type: tokenizerFamilies.get(model) ?? model,
    specials: { bos: special("bos"), eos: special("eos"), eot: special("eot") },
    entry: (token) => (token < texts.length ? entry(token) : ""),
    isOrdinary: ordinaryTokens(path),
  };
}

function noTexts(path: string): Error {
  const message = `${path} is damaged: its list of tokens holds no texts`;
  return environmentError("model-corrupt", message, "Download it again.");
}

function requireDistinct(path: string, size: number, entry: (token: number) => string): void {
  const places = new Map<string, number>();
  let doubled = 0;
  let first: { readonly text: string; readonly at: number; readonly before: number } | undefined;
  for (let at = 0; at < size; at++) {
    const text = entry(at);
    const before = places.get(text);
    if (before === undefined) {
      places.set(text, at);
      continue;
    }
    doubled++;
    first ??= { text, at, before };
  }
  if (first === undefined) return;
  const { text, at, before } = first;
  const others = doubled > 1 ? `; ${doubled - 1} more are doubled` : "";
  throw environmentError(
    "vocabulary-doubled",
    `${path} lists the token ${quoted(text)} twice, as ${before} and ${at}${others}: llama.cpp cannot load such a vocabulary`,
    "Convert the model again from its original, or download another conversion.",
  );
}
