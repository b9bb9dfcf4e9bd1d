import { type Step, stepTo } from "./actions.ts";
import { candidates, complete, openCompletion } from "./completion.ts";
import { edit, editorWith, emptyEditor } from "./editor.ts";
import { leaveHistory, newer, older } from "./history.ts";
import type { Key } from "./key.ts";
import { cycleProvenance, toggleDetails } from "./show-commands.ts";
import type { ChatState, ChatWorld } from "./state.ts";
import { submit } from "./submit.ts";

/** The chat after a key. */
export function pressKey(before: ChatState, key: Key, world: ChatWorld): Step {
  const state = { ...before, hint: undefined, quitArmed: false, waiting: false };
  switch (key.type) {
    case "enter":
      return enter(state, world);
    case "interrupt":
      return interrupt(state, before.quitArmed);
    case "escape":
      return leave(state);
    case "end-of-input":
      return endOfInput(state);
    case "tab":
      return stepTo(putIn(state, 1));
    case "shift-tab":
      return stepTo(putIn(state, -1));
    case "provenance":
      return stepTo(cycleProvenance(state));
    case "details":
      return stepTo(toggleDetails(state));
    case "redraw":
      return stepTo(state);
    default:
      return stepTo(write(state, key));
  }
}

function enter(state: ChatState, world: ChatWorld): Step {
  if (state.phase.type === "crashed") return restart(state);
  return submit(state, state.editor.text, world);
}

function restart(state: ChatState): Step {
  const files = [state.info?.target, state.info?.draft];
  const loads = (["target", "draft"] as const).flatMap((model, i) => {
    const file = files[i]?.file;
    return file === undefined ? [] : [{ model, file, fraction: 0 }];
  });
  return stepTo({ ...state, phase: { type: "loading", loads } }, { type: "restart" });
}

function interrupt(state: ChatState, armed: boolean): Step {
  switch (state.phase.type) {
    case "running":
    case "comparing":
      return stepTo(state, { type: "stop" });
    case "loading":
    case "crashed":
      return stepTo(state, { type: "quit" });
    case "idle":
      if (state.editor.text !== "") return stepTo(cleared(state));
      if (armed) return stepTo(state, { type: "quit" });
      return stepTo({ ...state, quitArmed: true, hint: "Press Ctrl-C again to quit." });
  }
}

function leave(state: ChatState): Step {
  const { editor, completion, phase } = state;
  if (candidates(editor, completion).length > 0) {
    return stepTo({ ...state, completion: { ...openCompletion, closed: true } });
  }
  return phase.type === "idle" ? stepTo(state) : interrupt(state, false);
}

function endOfInput(state: ChatState): Step {
  // In a line of text it deletes, as in a shell.
  if (state.editor.text !== "") return stepTo(write(state, { type: "delete" }));
  const { type } = state.phase;
  if (type !== "running" && type !== "comparing") return stepTo(state, { type: "quit" });
  return stepTo({ ...state, hint: "Esc stops the answer, then Ctrl-D quits." });
}

function putIn(state: ChatState, step: 1 | -1): ChatState {
  const put = complete(state.editor, state.completion, step);
  return put === undefined
    ? state
    : { ...state, editor: editorWith(put.text), completion: put.completion };
}

function write(state: ChatState, key: Key): ChatState {
  const editor = edit(state.editor, key);
  if (editor !== undefined) {
    const changed = editor.text !== state.editor.text || state.completion.typed !== undefined;
    return { ...state, editor, completion: changed ? openCompletion : state.completion };
  }
  const { history } = state;
  if (key.type === "up") return walk(state, older(history, state.editor.text));
  return key.type === "down" ? walk(state, newer(history)) : state;
}

function walk(state: ChatState, step: ReturnType<typeof older>): ChatState {
  if (step === undefined) return state;
  return { ...withText(state, step.text), history: step.history };
}

function cleared(state: ChatState): ChatState {
  return { ...withText(state, ""), history: leaveHistory(state.history) };
}

function withText(state: ChatState, text: string): ChatState {
  const editor = text === "" ? emptyEditor : editorWith(text);
  return { ...state, editor, completion: openCompletion };
}
