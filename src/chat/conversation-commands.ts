import { noCounts } from "../decoding/metrics.ts";
import { forScreen } from "../text/sanitise.ts";
import { addItems, note, noteOfLines, type Step, stepTo } from "./actions.ts";
import { answerLast, newConversation } from "./conversation.ts";
import { isPlain } from "./settings.ts";
import { startRun } from "./start-run.ts";
import type { ChatState, ChatWorld } from "./state.ts";

/** Answers the last question without drafts; the answer is not kept. */
export function plainAnswer(state: ChatState, world: ChatWorld): Step {
  if (state.conversation.turns.length === 0) return nothingAsked(state);
  const text = "the last question again, answered without drafts; this answer is not kept";
  return startRun(addItems(state, [note("info", text)]), "plain", world);
}

/** Answers the last question twice, without drafts and with. */
export function compareAnswers(state: ChatState, world: ChatWorld): Step {
  if (state.conversation.turns.length === 0) return nothingAsked(state);
  if (!isPlain(state.settings.pass)) return startRun(state, "compare", world);
  return stepTo(
    addItems(state, [
      note(
        "error",
        "nothing drafts, so there is nothing to compare with plain",
        "Choose what drafts with /drafter, and how much with /draft-len.",
      ),
    ]),
  );
}

/** Answers the last question again, in place of the last answer. */
export function retry(state: ChatState, world: ChatWorld): Step {
  const question = state.conversation.turns.at(-1)?.question;
  if (question === undefined) return nothingAsked(state);
  const conversation = answerLast(state.conversation, undefined);
  const item = { type: "question" as const, text: forScreen(question) };
  return startRun(addItems({ ...state, conversation }, [item]), "answer", world);
}

/** Begins a new conversation; the system message stays. */
export function reset(state: ChatState): ChatState {
  const { system } = state.conversation;
  return addItems(
    {
      ...state,
      conversation: newConversation(state.conversation),
      totals: { answers: 0, counts: noCounts },
      lastCounts: noCounts,
      passes: [],
      contextTokens: 0,
    },
    [note("info", "a new conversation", system === undefined ? undefined : systemKept)],
  );
}

const systemKept = "The system message stays; /system off removes it.";

/** Sets, shows or removes the system message. */
export function setSystem(state: ChatState, text: string): ChatState {
  const { conversation } = state;
  if (text === "") {
    const { system } = conversation;
    const said = system === undefined ? "there is no system message" : `system: ${system}`;
    return addItems(state, [noteOfLines("info", said.split(/\r?\n/), "/system TEXT sets it.")]);
  }
  const system = text === "off" ? undefined : text;
  const said = system === undefined ? "the system message is removed" : "the system message is set";
  return addItems({ ...state, conversation: { ...conversation, system } }, [
    note("info", `${said}, from the next question on`),
  ]);
}

function nothingAsked(state: ChatState): Step {
  return stepTo(addItems(state, [note("error", "nothing was asked yet", "Ask something first.")]));
}
