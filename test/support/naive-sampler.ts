import type { SamplerSettings } from "../../src/decoding/sampler.ts";

/**
 * The distribution that a sampler draws from, written a second time by the book: whole arrays, one
 * filter after the other, in llama.cpp's order. One probability a token.
 */
export function naiveDistribution(logits: Float32Array, settings: SamplerSettings): number[] {
  const { temperature, topK, topP, minP } = settings;
  let left = [...logits.keys()].sort((a, b) => at(logits, b) - at(logits, a) || a - b);
  if (temperature <= 0) left = left.slice(0, 1);
  if (topK > 0) left = left.slice(0, topK);
  if (topP < 1) left = left.slice(0, nucleusSize(softmax(left.map((id) => at(logits, id))), topP));
  const floor = Math.log(minP) + at(logits, left[0] as number);
  if (minP > 0) left = left.filter((id) => at(logits, id) >= floor);
  const scaled = left.map((id) => at(logits, id) / (temperature || 1));
  return spread(left, softmax(scaled), logits.length);
}

/** The k likeliest of a distribution (the lower id on ties), renormalised; all of them for k = 0. */
export function naiveCandidates(probabilities: readonly number[], k: number): number[] {
  if (k === 0) return [...probabilities];
  const p = (id: number) => probabilities[id] as number;
  const kept = [...probabilities.keys()].sort((a, b) => p(b) - p(a) || a - b).slice(0, k);
  const sum = kept.reduce((total, id) => total + p(id), 0);
  return spread(
    kept,
    kept.map((id) => p(id) / sum),
    probabilities.length,
  );
}

function at(logits: Float32Array, id: number): number {
  return logits[id] as number;
}

function softmax(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function nucleusSize(probabilities: readonly number[], topP: number): number {
  let sum = 0;
  const crossing = probabilities.findIndex((p) => {
    sum += p;
    return sum >= topP;
  });
  return crossing < 0 ? probabilities.length : crossing + 1;
}

function spread(ids: readonly number[], values: readonly number[], size: number): number[] {
  const all = Array.from({ length: size }, () => 0);
  ids.forEach((id, i) => {
    all[id] = values[i] as number;
  });
  return all;
}
