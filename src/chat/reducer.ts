import { specialAsText } from "../special-as-text.ts";
import { visibleText } from "../text/visible-text.ts";
import {
  type Action,
  addItems,
  errorNote,
  type NewItem,
  note,
  type Step,
  stepTo,
} from "./actions.ts";
import { remarkNotes } from "./change-setting.ts";
import { finishRun } from "./end-run.ts";
import { crash, failRun, rejectQuestion } from "./fail-run.ts";
import { followRun, nextSide } from "./follow-run.ts";
import { pressKey } from "./press-key.ts";
import { restore } from "./restore.ts";
import type { ChatState, ChatWorld } from "./state.ts";
import { submit } from "./submit.ts";

/** The chat after something happened, and what is to be done about it. Pure. */
export function reduce(state: ChatState, action: Action, world: ChatWorld): Step {
  switch (action.type) {
    case "key":
      return pressKey(state, action.key, world);
    case "submit":
      return submit(state, action.text, world);
    case "resized":
      return stepTo({ ...state, columns: Math.max(1, action.columns) });
    case "load-progress":
      return stepTo(loadOn(state, action));
    case "ready":
      return sendWaiting(ready(state, action, world), world);
    case "measured": {
      const { tokensPerSecond } = action;
      return stepTo({ ...state, plainRate: { tokensPerSecond, measuredBy: "measured at load" } });
    }
    case "events":
      return stepTo(followRun(state, action.events));
    case "second-side":
      return stepTo(nextSide(state));
    case "dropped":
      return stepTo(drop(state, action.turns));
    case "too-long":
      return stepTo(rejectQuestion(state, action));
    case "spelled":
      return stepTo(addItems(state, [spelledNote(action.specials)]));
    case "finished":
      // What was said of the answer while it ran holds no more.
      return stepTo({ ...finishRun(state, action.reason), hint: undefined });
    case "failed":
      return stepTo(failRun(state, errorNote(action.error)));
    case "crashed":
      return stepTo(crash(state, action.error));
    case "saved":
      return stepTo(addItems(state, [note("info", `saved to ${action.path}`)]));
    case "loaded":
      return stepTo(restore(state, action));
  }
}

function loadOn(
  state: ChatState,
  { model, fraction }: Extract<Action, { type: "load-progress" }>,
): ChatState {
  if (state.phase.type !== "loading") return state;
  const loads = state.phase.loads.map((load) =>
    load.model === model ? { ...load, fraction } : load,
  );
  return { ...state, phase: { type: "loading", loads } };
}

function ready(
  state: ChatState,
  { info }: Extract<Action, { type: "ready" }>,
  { banner }: ChatWorld,
): ChatState {
  const lines = banner(info).map((line) => visibleText(line));
  const { conversation } = state;
  const hasTemplate = info.target.hasChatTemplate || conversation.template?.source !== undefined;
  const raw = conversation.raw || !hasTemplate;
  const notices = info.notices.map(({ text, hint }) => note("info", text, hint));
  const next: ChatState = {
    ...state,
    phase: { type: "idle" },
    info,
    contextTokens: 0,
    conversation: { ...conversation, raw },
  };
  // After a crash all of this was said before.
  if (state.info !== undefined) return addItems(next, [note("info", "the engine runs again")]);
  return addItems(next, [
    ...(lines.length === 0 ? [] : [{ type: "banner" as const, lines }]),
    ...notices,
    ...(raw ? [note("info", "no chat template: what is said is joined as it stands")] : []),
    ...(state.conversation.special && !raw ? [specialUnused] : []),
    ...remarkNotes(state.settings.remarks),
  ]);
}

const specialUnused = note(
  "warning",
  'the preset\'s "special" does nothing: messages in a chat template stay plain text',
  "Start the chat with --raw to have them go in as they stand.",
);

function spelledNote(specials: readonly string[]): NewItem {
  const { text, hint } = specialAsText("the message", specials);
  return note("warning", visibleText(text), hint);
}

function sendWaiting(state: ChatState, world: ChatWorld): Step {
  if (!state.waiting) return stepTo(state);
  return submit({ ...state, waiting: false, hint: undefined }, state.editor.text, world);
}

function drop(state: ChatState, turns: number): ChatState {
  const { conversation, info } = state;
  const what = turns === 1 ? "turn" : `${turns} turns`;
  const text = `dropped the oldest ${what}: the context of ${info?.contextSize} tokens is full`;
  const dropped = conversation.dropped + turns;
  return addItems({ ...state, conversation: { ...conversation, dropped } }, [
    note("warning", text, "The model does not see them any more; a larger --ctx holds more."),
  ]);
}
