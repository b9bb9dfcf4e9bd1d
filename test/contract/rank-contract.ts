import { expect, test } from "vitest";
import { argmax } from "../../src/decoding/logits.ts";
import type { TokenSequence } from "../../src/decoding/sequence.ts";
import { allShared } from "../../src/drafters/shared-tokens.ts";
import { rankAlong } from "../../src/engine/rank.ts";

/** A model to rank with, and a text for it. */
export interface RankSubject {
  readonly sequence: TokenSequence;
  readonly isEog: (token: number) => boolean;
  readonly prompt: readonly number[];
  /** Longer than one batch gives outputs for. */
  readonly tokens: readonly number[];
  /** How far probabilities may be off from those of single steps; 0 for exact. */
  readonly tolerance: number;
}

const topK = 3;
const goOn = 2;

/** What every engine's ranking must be: what single steps of the same model would say. */
export function rankContract(open: () => Promise<RankSubject>): void {
  test("ranks every place as a step there would", async () => {
    const subject = await open();
    const { sequence, prompt, tokens, tolerance } = subject;
    const positions = await rank(subject);
    expect(positions).toHaveLength(tokens.length);
    for (let i = 0; i < tokens.length; i += 7) {
      const logits = await after(sequence, [...prompt, ...tokens.slice(0, i)]);
      const { ids, q } = positions[i] as (typeof positions)[number];
      expect(ids).toHaveLength(topK);
      ids.forEach((id, rank) => {
        expect(Math.abs(confidence(logits, id) - (q[rank] as number))).toBeLessThanOrEqual(
          tolerance + 1e-6,
        );
      });
      const best = confidence(logits, argmax(logits));
      expect(Math.abs(best - (q[0] as number))).toBeLessThanOrEqual(tolerance + 1e-6);
      expect([...q].sort((a, b) => b - a)).toEqual(q);
    }
  });

  test("goes on below a likeliest token that the text does not have, and there alone", async () => {
    const subject = await open();
    const { sequence, isEog, prompt, tokens, tolerance } = subject;
    const positions = await rank(subject);
    const wrong = positions.filter(({ ids }, i) => ids[0] !== tokens[i]);
    const right = positions.filter(({ ids }, i) => ids[0] === tokens[i]);
    expect(Math.min(wrong.length, right.length)).toBeGreaterThan(3);
    for (const { after } of right) expect(after).toEqual([]);
    for (const position of wrong.slice(0, 10)) {
      const place = positions.indexOf(position);
      const text = [...prompt, ...tokens.slice(0, place), position.ids[0] as number];
      for (const q of position.after) {
        const logits = await after(sequence, text);
        text.push(argmax(logits));
        expect(Math.abs(confidence(logits, argmax(logits)) - q)).toBeLessThanOrEqual(
          tolerance + 1e-6,
        );
      }
      if (position.after.length < goOn) expect(isEog(text.at(-1) as number)).toBe(true);
    }
  });

  test("gives the same whatever the cache holds", async () => {
    const subject = await open();
    const first = await rank(subject);
    await subject.sequence.truncate(0);
    await subject.sequence.evaluate({ tokens: [3, 4], outputs: "none", need: "greedy" });
    const second = await rank(subject);
    const heads = (positions: typeof first) => positions.map(({ ids }) => ids[0]);
    const same = heads(first).filter((id, i) => id === heads(second)[i]).length;
    expect(same).toBeGreaterThanOrEqual(first.length * (subject.tolerance === 0 ? 1 : 0.95));
  });

  async function rank({ sequence, isEog, prompt, tokens }: RankSubject) {
    const shared = allShared(sequence.vocabularySize);
    return rankAlong({ sequence, shared, isEog, prompt, tokens, topK, goOn });
  }
}

async function after(sequence: TokenSequence, text: readonly number[]): Promise<Float32Array> {
  await sequence.truncate(0);
  for (const token of text.slice(0, -1)) {
    await sequence.evaluate({ tokens: [token], outputs: "none", need: "greedy" });
  }
  const outputs = await sequence.evaluate({
    tokens: text.slice(-1),
    outputs: "last",
    need: "logits",
  });
  return Float32Array.from(outputs.logits(0));
}

/** The softmax probability of a token over the whole vocabulary. */
function confidence(logits: Float32Array, token: number): number {
  const own = logits[token] as number;
  return 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - own), 0);
}
