import { seededRandom } from "../decoding/random.ts";
import { defaultSampler } from "../decoding/sampler.ts";
import { NgramDrafter } from "../drafters/ngram.ts";
import type { LookedUp, RankRequest } from "./pair.ts";

/**
 * What prompt lookup proposes at every place of a text that is known, as a chain.
 *
 * @param isEog true for tokens that end a text
 */
export async function lookUpAlong(
  prompt: readonly number[],
  { tokens, goOn, ngram }: Pick<RankRequest, "tokens" | "goOn" | "ngram">,
  isEog: (token: number) => boolean,
): Promise<LookedUp[]> {
  const drafter = new NgramDrafter(ngram);
  for await (const _ of drafter.begin(prompt));
  const request = {
    ...{ maxLength: goOn + 1, maxSize: goOn + 1, tree: false, topK: 1, pMin: 0, pGrow: 0 },
    ...{ sampler: { ...defaultSampler, temperature: 0 }, random: seededRandom(0), isEog },
  };
  return tokens.map((token) => {
    const { tokens: proposed, q } = drafter.propose(request);
    drafter.observe({ emitted: [token], path: [] });
    return { ids: proposed, q };
  });
}
