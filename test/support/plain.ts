import type { DoneReason } from "../../src/decoding/events.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { logitsAfter } from "./fake.ts";

/** What plain greedy decoding gives, written a second time and as simply as possible. */
export interface PlainResult {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly reason: DoneReason;
}

export interface PlainOptions {
  readonly spec: FakeModelSpec;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly stopTexts?: readonly string[];
  readonly capacity?: number;
}

export function plainGreedy(options: PlainOptions): PlainResult {
  const { spec, prompt, maxTokens, stopTexts = [], capacity = 256 } = options;
  const tokens: number[] = [];
  const end = (reason: DoneReason, text: string) => ({ tokens, text, reason });
  for (;;) {
    tokens.push(likeliest(logitsAfter(spec, [...prompt, ...tokens])));
    const streamed = textOf(spec, tokens, false);
    const whole = cut(textOf(spec, tokens, true), stopTexts) ?? textOf(spec, tokens, true);
    if (tokens.at(-1) === 0) return end("eog", whole);
    const stopped = cut(streamed, stopTexts);
    if (stopped !== undefined) return end("stop", stopped);
    if (tokens.length === maxTokens) return end("length", whole);
    // The last token is never in the cache.
    if (prompt.length + tokens.length - 1 === capacity) return end("context", whole);
  }
}

/** The lowest id of those with the largest logit. */
function likeliest(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits));
}

/** Detokenised text of all tokens but the end; without `flush` an incomplete character is left out. */
function textOf(spec: FakeModelSpec, tokens: readonly number[], flush: boolean): string {
  const detokenizer = fakeVocabulary(spec).detokenizer([]);
  const text = tokens.map((token) => detokenizer.push(token)).join("");
  return flush ? text + detokenizer.flush() : text;
}

/** The text before the earliest stop text; undefined where it has none. An empty one is none. */
function cut(text: string, stopTexts: readonly string[]): string | undefined {
  const possible = stopTexts.filter((stop) => stop !== "");
  const found = possible.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return found.length === 0 ? undefined : text.slice(0, Math.min(...found));
}
