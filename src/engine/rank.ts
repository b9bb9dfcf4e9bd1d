import { createDistribution } from "../decoding/distribution.ts";
import { prefill } from "../decoding/prefill.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { likeliestTokens } from "../drafters/draft-outputs.ts";
import { readByDraft, type SharedTokens } from "../drafters/shared-tokens.ts";
import type { RankedPosition } from "./pair.ts";

/** A text to rank candidates along, and how much of them. */
export interface RankOptions {
  /** The draft model's own sequence. */
  readonly sequence: TokenSequence;
  readonly shared: SharedTokens;
  readonly isEog: (token: number) => boolean;
  /** 1 token or more. */
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  /** See `RankRequest`. */
  readonly topK: number;
  readonly goOn: number;
}

/**
 * What a draft model expects at every place of a text that is known: its likeliest candidates, all
 * from batches as large as outputs allow, so that it takes about as long as a prefill of the text.
 * Then, from the end of the text backwards, what the model would have gone on with below each
 * likeliest token that the text does not have: so the cache is only ever cut.
 *
 * Ends early at the end of the model's context. Ids that it does not share with the target are no
 * candidates, and it reads a stand-in for them, as in a generation.
 */
export async function rankAlong(options: RankOptions): Promise<RankedPosition[]> {
  const { sequence, prompt, tokens } = options;
  if (tokens.length === 0 || prompt.length > sequence.capacity) return [];
  const readable = Math.min(tokens.length, sequence.capacity - prompt.length + 1);
  const positions = await candidatesAlong(options, readable);
  for (let i = positions.length - 1; i >= 0; i--) {
    const position = positions[i] as RankedPosition;
    if (position.ids[0] === tokens[i]) continue;
    positions[i] = { ...position, after: await continuation(options, i, position) };
  }
  return positions;
}

/** Entry i: candidates for `tokens[i]`, as far as `count`. */
async function candidatesAlong(options: RankOptions, count: number): Promise<RankedPosition[]> {
  const { sequence, shared, prompt, tokens } = options;
  const text = readByDraft(shared, [...prompt, ...tokens.slice(0, count - 1)]);
  // The candidates for the first token come from the prompt's last one.
  const before = text.slice(0, prompt.length - 1);
  if (before.length > 0) {
    const steps = prefill(sequence, before, {
      outputs: "none",
      need: "greedy",
      wholeChunks: false,
    });
    for await (const _ of steps);
  } else await sequence.truncate(0);
  const chunk = Math.min(sequence.maxOutputs, sequence.batchSize);
  const positions: RankedPosition[] = [];
  for (let start = before.length; start < text.length; start += chunk) {
    const batch = text.slice(start, start + chunk);
    const outputs = await sequence.evaluate({ tokens: batch, outputs: "all", need: "logits" });
    for (let i = 0; i < batch.length; i++) positions.push(candidatesOf(outputs.logits(i), options));
  }
  return positions;
}

function candidatesOf(logits: Float32Array, { shared, topK }: RankOptions): RankedPosition {
  const best = likeliestTokens(logits, shared, Math.min(topK, shared.size), selected);
  const { ids, probs, size } = selected;
  const top = probs[0] as number;
  return {
    ids: Array.from(ids.subarray(0, size)),
    q: Array.from(probs.subarray(0, size), (logit) => best * Math.exp(logit - top)),
    after: [],
  };
}

/** Scratch memory; nothing in it outlives a call of `candidatesOf`. */
const selected = createDistribution();

/** The draft's own greedy text below a wrong token: its probabilities, up to an end of the text. */
async function continuation(
  { sequence, shared, isEog, prompt, goOn }: RankOptions,
  place: number,
  { ids }: RankedPosition,
): Promise<number[]> {
  const q: number[] = [];
  let token = ids[0] as number;
  await sequence.truncate(prompt.length + place);
  while (q.length < goOn && !isEog(token) && sequence.tokens.length < sequence.capacity) {
    const outputs = await sequence.evaluate({ tokens: [token], outputs: "last", need: "logits" });
    q.push(likeliestTokens(outputs.logits(0), shared, 1, selected));
    token = selected.ids[0] as number;
  }
  return q;
}
