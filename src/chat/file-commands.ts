import { addItems, note, type Step, stepTo } from "./actions.ts";
import type { ChatState } from "./state.ts";
import { transcriptFormat } from "./transcript-format.ts";

/** Saves the conversation into a file whose ending says how. */
export function save(state: ChatState, path: string, replace: boolean): Step {
  if (transcriptFormat(path) === undefined) {
    const text =
      path === "" ? "/save needs a file" : `the file ${path} ends in neither .md nor .json`;
    return refuse(state, text, "Use /save chat.md to read it, /save chat.json to load it again.");
  }
  if (state.conversation.turns.length === 0) {
    return refuse(state, "there is nothing to save yet", "Ask something first.");
  }
  return stepTo(state, { type: "save", path, replace });
}

/** Goes on with a conversation that was saved. */
export function load(state: ChatState, path: string): Step {
  if (transcriptFormat(path) === "json") return stepTo(state, { type: "load", path });
  const text = path === "" ? "/load needs a file" : `the file ${path} does not end in .json`;
  return refuse(state, text, "Name one that was saved as .json: it has all that is needed.");
}

function refuse(state: ChatState, text: string, hint: string): Step {
  return stepTo(addItems(state, [note("error", text, hint)]));
}
