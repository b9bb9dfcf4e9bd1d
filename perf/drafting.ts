import { exactAcceptance } from "../src/decoding/acceptance.ts";
import type { DraftRequest } from "../src/decoding/drafter.ts";
import { topTwo } from "../src/decoding/logits.ts";
import { type Random, seededRandom } from "../src/decoding/random.ts";
import type { SamplerSettings } from "../src/decoding/sampler.ts";
import type { Evaluation } from "../src/decoding/sequence.ts";
import type { TreeModel } from "../src/drafters/draft-tree.ts";
import { greedyTree } from "../src/drafters/greedy-tree.ts";
import { NgramDrafter } from "../src/drafters/ngram.ts";
import { sampledTree } from "../src/drafters/sampled-tree.ts";
import { defaultNgram } from "../src/engine/pair.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";

const vocabularySize = 151_936;
const passes = 200;
const treeSize = 8;
const greedy: SamplerSettings = { temperature: 0, topK: 0, topP: 1, minP: 0 };
/** specdec's own defaults above temperature 0. */
const sampling: SamplerSettings = { temperature: 0.7, topK: 40, topP: 0.95, minP: 0.05 };

/** What drafting costs outside the models: prompt lookup in long texts, and trees. */
export async function measureDrafting(): Promise<void> {
  const lookup: Record<string, string> = {};
  for (const tokens of [1_000, 8_000, 32_000]) {
    lookup[`${tokens} tokens of context`] = `${(await lookupMs(tokens)).toFixed(4)} ms a pass`;
  }
  show(`Prompt lookup, proposing ${treeSize} tokens and taking in 4`, lookup);
  const trees: Record<string, string> = {};
  for (const topK of [1, 3, 10]) {
    for (const [name, sampler] of Object.entries({ "temperature 0": greedy, sampled: sampling })) {
      const ms = await treeMs(topK, sampler);
      trees[`top-k ${topK}, ${name}`] = `${ms.toFixed(2)} ms a pass, wanted ≤ 2 ms`;
    }
  }
  show(`Building and accepting a tree of ${treeSize}, vocabulary ${vocabularySize}`, trees);
}

function request(topK: number, sampler: SamplerSettings, random: Random): DraftRequest {
  const size = { maxLength: 4, maxSize: treeSize, tree: true, topK };
  return { ...size, pMin: 0, pGrow: 0, sampler, random, isEog: () => false };
}

/** Median time of a proposal and of what it takes in afterwards, in a text that repeats itself. */
async function lookupMs(contextTokens: number): Promise<number> {
  const random = seededRandom(1);
  const text = repetitiveText(contextTokens + 4 * passes, random);
  const drafter = new NgramDrafter(defaultNgram);
  for await (const _ of drafter.begin(text.slice(0, contextTokens))) {
    // Indexing tells of no progress.
  }
  const times: number[] = [];
  for (let at = contextTokens; at < text.length; at += 4) {
    const start = performance.now();
    drafter.propose(request(0, greedy, random));
    drafter.observe({ emitted: text.slice(at, at + 4), path: [] });
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Phrases of a few hundred tokens, over and over in another order, with new tokens between. */
function repetitiveText(length: number, random: Random): number[] {
  const token = () => Math.floor(random() * vocabularySize);
  const phrases = Array.from({ length: 40 }, () => Array.from({ length: 12 }, token));
  const text: number[] = [];
  while (text.length < length) {
    text.push(...(phrases[Math.floor(random() * phrases.length)] as number[]), token());
  }
  return text.slice(0, length);
}

/** Median time of a pass without its evaluations: logits are made up before the clock starts. */
async function treeMs(topK: number, sampler: SamplerSettings): Promise<number> {
  const random = seededRandom(2);
  const rows = Array.from({ length: 4 * treeSize }, () => madeUpLogits(random));
  const accept = exactAcceptance(sampler, vocabularySize);
  const build = sampler.temperature === 0 ? greedyTree : sampledTree;
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const row = (i: number) => rows[(pass + i) % rows.length] as Float32Array;
    let evaluated = 0;
    const model: TreeModel = {
      outputs: { size: vocabularySize },
      room: 4 * treeSize,
      evaluate: async (nodes) => {
        const first = evaluated;
        evaluated += nodes.length;
        return (i) => row(1 + first + i);
      },
    };
    // The target agrees with the draft at its first place, and has another opinion behind it.
    const outputs: Evaluation = { logits: row, topTwo: (i) => topTwo(row(i)) };
    const start = performance.now();
    const { draft } = await build(() => row(0), model, request(topK, sampler, random));
    accept(draft, outputs, random);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Logits like a language model's: a few likely tokens, of which the first has 0.6, and a long tail. */
function madeUpLogits(random: Random): Float32Array {
  const logits = Float32Array.from({ length: vocabularySize }, () => {
    const [u, v] = [1 - random(), random()];
    return 2.5 * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
  // By Zipf's law with an exponent of 2.
  for (let rank = 1; rank <= 50; rank++) {
    logits[Math.floor(random() * vocabularySize)] = 20 - 2 * Math.log(rank);
  }
  return logits;
}
