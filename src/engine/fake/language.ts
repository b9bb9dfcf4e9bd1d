import { mix } from "../../decoding/random.ts";

/** A toy language: what the next token's logits are, given the last two tokens. */
export interface FakeLanguage {
  /** Tokens in the vocabulary, 3 or more; 0 ends a text and 1 begins one. */
  readonly vocabularySize: number;
  readonly seed: number;
  /** 1: the target's own logits; less: mixed with as much of another language's. From 0 to 1. */
  readonly agreement: number;
  /** Standard deviation of the logits: larger is more certain. */
  readonly sharpness: number;
  /** Added to the logit of the end token. */
  readonly endBias: number;
}

/** Fills `out` with the logits after `previous`, `current`. */
export function fakeLogits(
  language: FakeLanguage,
  previous: number,
  current: number,
  out: Float32Array,
): void {
  const { vocabularySize, seed, agreement, sharpness, endBias } = language;
  for (let token = 0; token < vocabularySize; token++) {
    const own = noise(seed, previous, current, token);
    const other = noise(seed + 7919, previous, current, token);
    out[token] = sharpness * (agreement * own + (1 - agreement) * other);
  }
  out[0] = (out[0] as number) + endBias;
  // A text begins once.
  out[1] = -1e3;
}

/** About normal with standard deviation 1: the sum of three uniform numbers, seeded by its place. */
function noise(seed: number, previous: number, current: number, token: number): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) {
    sum += mix(mix(mix(mix(seed, previous + 1), current + 1), token + 1), i + 1) / 0x1_0000_0000;
  }
  return (sum - 1.5) * 2;
}
