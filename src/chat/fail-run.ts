import type { UserErrorData } from "../errors.ts";
import { visibleText } from "../text/visible-text.ts";
import { addItems, errorNote, type NewItem, note } from "./actions.ts";
import { giveBack, scrollAway } from "./end-run.ts";
import type { ChatState } from "./state.ts";

/** The chat after a mistake or condition that the user can mend: the question comes back. */
export function failRun(state: ChatState, error: NewItem): ChatState {
  const { phase } = state;
  if (phase.type === "running") {
    const ended = scrollAway(state, phase.run);
    return phase.run.kind === "answer" ? giveBack(ended, error) : addItems(ended, [error]);
  }
  return addItems(phase.type === "comparing" ? { ...state, phase: { type: "idle" } } : state, [
    error,
  ]);
}

/** The chat after it turned out that the last question cannot fit into the context. */
export function rejectQuestion(
  state: ChatState,
  { tokens, room }: { readonly tokens: number; readonly room: number },
): ChatState {
  const text = `the message is too long: ${tokens} tokens, and the context holds ${room}`;
  return failRun(state, note("error", text, "Shorten it, or start with a larger --ctx."));
}

/** The chat after the engine host has died: the conversation is still there. */
export function crash(state: ChatState, error: UserErrorData): ChatState {
  const message = visibleText(error.message);
  const failed = failRun(state, errorNote(error));
  return { ...failed, phase: { type: "crashed", message }, contextTokens: 0 };
}
