import { addCounts, type Counts, noCounts } from "../decoding/metrics.ts";
import { forScreen } from "../text/sanitise.ts";
import { type Action, addItems, type NewItem, note } from "./actions.ts";
import { answerItems } from "./answer-items.ts";
import type { Turn } from "./conversation.ts";
import type { Drawing } from "./row-split.ts";
import type { ChatState } from "./state.ts";

/** The chat with a conversation that was saved in place of its own, printed as it was. */
export function restore(
  state: ChatState,
  { path, conversation }: Extract<Action, { type: "loaded" }>,
): ChatState {
  const { turns, system } = conversation;
  const { raw, special, template } = state.conversation;
  const counts = turns.reduce<Counts>(
    (sum, { answer }) => (answer === undefined ? sum : addCounts(sum, answer.counts)),
    noCounts,
  );
  const next: ChatState = {
    ...state,
    conversation: { ...conversation, raw, special, template },
    totals: { answers: turns.filter(({ answer }) => answer !== undefined).length, counts },
    // Whatever pair and machine gave those answers: their speed is not held against plain's here.
    lastCounts: noCounts,
    passes: [],
    contextTokens: 0,
  };
  const count = turns.length;
  const ofSystem = system === undefined ? "" : " and a system message";
  const loaded = `loaded ${count} ${count === 1 ? "turn" : "turns"}${ofSystem} from ${path}`;
  return addItems(next, [note("info", loaded), ...turns.flatMap((turn) => itemsOf(turn, state))]);
}

/** The columns and provenance are those of the chat now. */
function itemsOf({ question, answer }: Turn, drawing: Drawing): NewItem[] {
  const asked = { type: "question" as const, text: forScreen(question) };
  return answer === undefined ? [asked] : [asked, ...answerItems(answer, drawing)];
}
