import { forScreen } from "../text/sanitise.ts";
import { addItems, note, type Step, stepTo } from "./actions.ts";
import { commandOf } from "./command-table.ts";
import { openCompletion } from "./completion.ts";
import { ask } from "./conversation.ts";
import { emptyEditor } from "./editor.ts";
import { remember } from "./history.ts";
import { runCommand } from "./run-command.ts";
import { type Entry, parseEntry } from "./slash.ts";
import { startRun } from "./start-run.ts";
import type { ChatState, ChatWorld } from "./state.ts";

/** Sends what was entered: a question to the model, or a command. What has to wait stays written. */
export function submit(state: ChatState, text: string, world: ChatWorld): Step {
  if (text.trim() === "") return stepTo(state);
  const entry = parseEntry(text);
  const hint = whyNotNow(state, entry);
  if (hint !== undefined) {
    return stepTo({ ...state, hint, waiting: state.phase.type === "loading" });
  }
  const { state: next, effects } = run(taken(state, text), entry, world);
  // Nobody wants to find a way out at the top of the history.
  if (entry.type === "command" && entry.name === "quit") return { state: next, effects };
  return { state: next, effects: [{ type: "remember", text }, ...effects] };
}

function run(state: ChatState, entry: Entry, world: ChatWorld): Step {
  switch (entry.type) {
    case "unknown":
      return stepTo(addItems(state, [note("error", entry.message, entry.hint)]));
    case "command":
      return runCommand(state, entry, world);
    case "message": {
      const conversation = ask(state.conversation, entry.text);
      const question = { type: "question" as const, text: forScreen(entry.text) };
      return startRun(addItems({ ...state, conversation }, [question]), "answer", world);
    }
  }
}

function whyNotNow({ phase }: ChatState, entry: Entry): string | undefined {
  if (phase.type === "idle" || entry.type === "unknown") return undefined;
  if (entry.type === "command" && commandOf(entry.name).anyTime) return undefined;
  switch (phase.type) {
    case "loading":
      return "It is sent as soon as the models are there; any key holds it back.";
    case "running":
      return "Esc stops the answer, then Enter sends this.";
    case "comparing":
      return "Esc stops the comparison, then Enter sends this.";
    case "crashed":
      return "The engine has to run for this.";
  }
}

/** The editor is free again, and Up brings the text back. */
function taken(state: ChatState, text: string): ChatState {
  const history = remember(state.history, text);
  return { ...state, history, editor: emptyEditor, completion: openCompletion };
}
