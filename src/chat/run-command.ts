import { addItems, note, type Step, stepTo } from "./actions.ts";
import { changeSetting } from "./change-setting.ts";
import { type CommandName, commandOf } from "./command-table.ts";
import { compareAnswers, plainAnswer, reset, retry, setSystem } from "./conversation-commands.ts";
import { load, save } from "./file-commands.ts";
import { setProvenance, showAnswer, showHelp, showStats, toggleDetails } from "./show-commands.ts";
import type { Entry } from "./slash.ts";
import type { ChatState, ChatWorld } from "./state.ts";

/** A command as it was entered. */
export type EnteredCommand = Extract<Entry, { type: "command" }>;

type Handler = (state: ChatState, entered: EnteredCommand, world: ChatWorld) => Step;

const setting: Handler = (state, { name, argument }, world) =>
  changeSetting(state, name as Parameters<typeof changeSetting>[1], argument, world);

const handlers: Readonly<Record<CommandName, Handler>> = {
  help: (state) => stepTo(showHelp(state)),
  drafter: setting,
  "draft-len": setting,
  "top-k": setting,
  "tree-size": setting,
  "p-min": setting,
  temp: setting,
  plain: (state, _, world) => plainAnswer(state, world),
  compare: (state, _, world) => compareAnswers(state, world),
  stats: (state) => stepTo(showStats(state)),
  system: (state, { argument }) => stepTo(setSystem(state, argument)),
  reset: (state) => stepTo(reset(state)),
  retry: (state, _, world) => retry(state, world),
  show: (state) => stepTo(showAnswer(state)),
  provenance: (state, { argument }) => stepTo(setProvenance(state, argument)),
  details: (state) => stepTo(toggleDetails(state)),
  save: (state, { argument, force }) => save(state, argument, force),
  load: (state, { argument }) => load(state, argument),
  quit: (state) => stepTo(state, { type: "quit" }),
};

/** Does what a command says. */
export function runCommand(state: ChatState, entered: EnteredCommand, world: ChatWorld): Step {
  const { name, argument } = entered;
  if (argument === "" || commandOf(name).argument !== "") {
    return handlers[name](state, entered, world);
  }
  const text = `/${name} takes no value`;
  return stepTo(addItems(state, [note("error", text, `Enter /${name} alone.`)]));
}
