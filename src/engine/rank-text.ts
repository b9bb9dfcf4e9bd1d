import type { SharedTokens } from "../drafters/shared-tokens.ts";
import { lookUpAlong } from "./look-up.ts";
import type { Ranking, RankRequest } from "./pair.ts";
import type { OpenModel } from "./port.ts";
import { rankAlong } from "./rank.ts";

/** The models of a pair. */
export interface RankModels {
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly shared: SharedTokens;
}

/**
 * What every drafter of a pair would have proposed along a text.
 *
 * @param prompt the request's prompt as tokens
 */
export async function rankText(
  { target, draft, shared }: RankModels,
  prompt: readonly number[],
  request: RankRequest,
): Promise<Ranking> {
  const isEog = (token: number): boolean => target.vocabulary.isEog(token);
  const sequence = draft?.sequence;
  const { tokens, topK, goOn } = request;
  const positions =
    sequence === undefined
      ? []
      : await rankAlong({ sequence, shared, isEog, prompt, tokens, topK, goOn });
  const lookUps = await lookUpAlong(prompt, request, isEog);
  const candidates = [...positions, ...lookUps].flatMap(({ ids }) => ids);
  return {
    promptTokens: prompt.length,
    positions,
    draftRoom: sequence === undefined ? 0 : sequence.capacity - prompt.length,
    lookUps,
    ends: [...new Set(candidates)].filter(isEog),
  };
}
