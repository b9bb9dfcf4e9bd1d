import type { PairInfo, PassSettings, PromptInput } from "../engine/pair.ts";
import { type Conversation, dropOldest, promptOf } from "./conversation.ts";

/** How long a prompt may be. */
export interface Room {
  /** Tokens that the context holds. */
  readonly context: number;
  /** Tokens that a prompt may have at most: fewer where the draft model's context is smaller. */
  readonly prompt: number;
  /** Tokens to leave free for the answer, where dropping turns can do it. */
  readonly reserve: number;
  /** Tokens that the answer begins with. */
  readonly begun: number;
}

/** A conversation that fits, or how long it is without all turns that can go. */
export type Fit =
  | { readonly fits: true; readonly conversation: Conversation; readonly dropped: number }
  | { readonly fits: false; readonly tokens: number };

/** Counts the tokens of a prompt. */
export type CountTokens = (prompt: PromptInput) => Promise<number>;

/** The room for one answer. */
export function roomFor(
  { contextSize, draft }: PairInfo,
  pass: PassSettings,
  { maxTokens, begun }: { readonly maxTokens: number; readonly begun: number },
): Room {
  const usesDraft = pass.draftLength > 0 && pass.drafters.includes("draft");
  const ofDraft = usesDraft ? draft?.trainedContext || Infinity : Infinity;
  return {
    context: contextSize,
    prompt: Math.min(contextSize, ofDraft),
    reserve: Math.min(maxTokens, Math.floor(contextSize / 4)),
    begun,
  };
}

/**
 * Drops as few of the oldest turns as leave room for the answer. The system message and the last
 * question stay; where only those are left, any room at all is enough.
 */
export async function fitConversation(
  conversation: Conversation,
  room: Room,
  count: CountTokens,
): Promise<Fit> {
  const tokensWithout = async (dropped: number): Promise<number> =>
    (await count(promptOf(dropOldest(conversation, dropped)))) + room.begun;
  const limit = Math.min(room.context - room.reserve, room.prompt);
  const fits = async (dropped: number): Promise<boolean> => (await tokensWithout(dropped)) <= limit;
  const most = Math.max(0, conversation.turns.length - conversation.dropped - 1);
  const dropped = (await fits(0)) ? 0 : await smallest(1, most, fits);
  if (dropped <= most)
    return { fits: true, conversation: dropOldest(conversation, dropped), dropped };
  const tokens = await tokensWithout(most);
  if (tokens > Math.min(room.context - 1, room.prompt)) return { fits: false, tokens };
  return { fits: true, conversation: dropOldest(conversation, most), dropped: most };
}

/** The first number for which `holds` holds, as it does for all after it; `to + 1` where none. */
async function smallest(
  from: number,
  to: number,
  holds: (n: number) => Promise<boolean>,
): Promise<number> {
  let [low, high] = [from, Math.max(from, to + 1)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
