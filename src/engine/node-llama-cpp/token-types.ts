import { readGgufHeader } from "./gguf-header.ts";

/** `llama_token_type` of text: a normal token, or one byte (llama.h). */
const normal = 1;
const byte = 6;

const key = "tokenizer.ggml.token_type";

/**
 * Whether a token is one that text is made of, by the types in a GGUF file. All are in a file
 * without types, as llama.cpp reads it. The file is read at the first question: few ask.
 *
 * @param path a file that `readModelFile` found to be whole
 */
export function ordinaryTokens(path: string): (token: number) => boolean {
  let types: readonly number[] | undefined;
  return (token) => {
    types ??= readTypes(path);
    const type = types[token] ?? normal;
    return type === normal || type === byte;
  };
}

function readTypes(path: string): readonly number[] {
  const value = readGgufHeader(path, [key]).metadata.get(key);
  return (typeof value === "object" ? value.numbers : undefined) ?? [];
}
