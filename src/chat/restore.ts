import { addCounts, type Counts, noCounts } from "../decoding/metrics.ts";
import { type Action, addItems, type NewItem, note } from "./actions.ts";
import type { Turn } from "./conversation.ts";
import { forScreen } from "./sanitise.ts";
import type { ChatState } from "./state.ts";

/** The chat with a conversation that was saved in place of its own, printed as it was. */
export function restore(
  state: ChatState,
  { path, conversation }: Extract<Action, { type: "loaded" }>,
): ChatState {
  const { turns, system } = conversation;
  const counts = turns.reduce<Counts>(
    (sum, { answer }) => (answer === undefined ? sum : addCounts(sum, answer.counts)),
    noCounts,
  );
  const next: ChatState = {
    ...state,
    conversation: { ...conversation, raw: state.conversation.raw },
    totals: { answers: turns.filter(({ answer }) => answer !== undefined).length, counts },
    lastCounts: turns.at(-1)?.answer?.counts ?? noCounts,
    passes: [],
    contextTokens: 0,
  };
  const ofSystem = system === undefined ? "" : " and a system message";
  const loaded = `loaded ${turns.length} turns${ofSystem} from ${path}`;
  return addItems(next, [note("info", forScreen(loaded)), ...turns.flatMap(itemsOf)]);
}

function itemsOf({ question, answer }: Turn): NewItem[] {
  const text = forScreen(answer?.text ?? "").replace(/^\n+|\n+$/g, "");
  const spans = [{ text, kind: "target" as const }];
  return [
    { type: "question", text: forScreen(question) },
    ...(text === ""
      ? []
      : [{ type: "answer" as const, spans, provenance: "off" as const, startsLine: true }]),
  ];
}
