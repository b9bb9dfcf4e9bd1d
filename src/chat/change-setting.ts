import { type Remark, UserError } from "../errors.ts";
import { addItems, errorNote, type NewItem, note, type Step, stepTo } from "./actions.ts";
import type { AnswerSettings, SettingName, SettingValues } from "./settings.ts";
import type { ChatState, ChatWorld } from "./state.ts";

/**
 * Changes a setting from the next pass on, or says what it is where no value is given. A value that
 * cannot be changes nothing.
 */
export function changeSetting(
  state: ChatState,
  name: SettingName,
  value: string,
  world: ChatWorld,
): Step {
  if (value === "") {
    const text = `${name} is ${state.settings.values[name]} (${state.settings.label})`;
    return stepTo(addItems(state, [note("info", text, `/${name} VALUE changes it.`)]));
  }
  const values = { ...state.values, [name]: value };
  const settings = derived(values, world);
  if (settings instanceof UserError) return stepTo(addItems(state, [errorNote(settings.toData())]));
  const busy = state.phase.type === "running";
  const when = busy ? ", from the next pass on" : "";
  const next = addItems({ ...state, values, settings }, [
    note("info", `${name} is ${value} now (${settings.label})${when}`),
    ...remarkNotes(settings.remarks),
  ]);
  const adjusts = state.phase.type === "running" && state.phase.run.kind === "answer";
  return adjusts ? stepTo(next, { type: "adjust", pass: settings.pass }) : stepTo(next);
}

/** Remarks as notes. */
export function remarkNotes(remarks: readonly Remark[]): NewItem[] {
  return remarks.map(({ level, text, hint }) =>
    note(level === "note" ? "info" : level, text, hint),
  );
}

function derived(values: SettingValues, { derive }: ChatWorld): AnswerSettings | UserError {
  try {
    return derive(values);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
