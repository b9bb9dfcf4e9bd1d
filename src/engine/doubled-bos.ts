/**
 * The tokens of a text whose special tokens were read, with one BOS less where the text begins with
 * one and another was added before it: llama.cpp adds it without looking.
 */
export function withoutDoubledBos(tokens: number[], bos: number | undefined): number[] {
  const isDoubled = bos !== undefined && tokens[0] === bos && tokens[1] === bos;
  return isDoubled ? tokens.slice(1) : tokens;
}
