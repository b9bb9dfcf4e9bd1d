import { nearest } from "../nearest.ts";
import { addItems, note } from "./actions.ts";
import { answerItems } from "./answer-items.ts";
import { commandNames, commandOf } from "./command-table.ts";
import { lastAnswer } from "./conversation.ts";
import { provenances } from "./provenance.ts";
import type { ChatState } from "./state.ts";
import { statsRows } from "./stats.ts";

const keyRows = [
  ["Enter", "Sends; Alt-Enter or Ctrl-J breaks the line"],
  ["Up, Down", "Lines of the message, and behind them earlier messages"],
  ["Tab", "Completes a command or its value"],
  ["Ctrl-O", "Shows more, or less, of where tokens came from, as /provenance does"],
  ["Ctrl-T", "Opens or closes the panel of details, as /details does"],
  ["Esc, Ctrl-C", "Stops an answer and keeps what was said"],
  ["Ctrl-C", "Clears the line; twice on an empty one ends the chat, as Ctrl-D does"],
] as const;

/** Lists commands and keys. */
export function showHelp(state: ChatState): ChatState {
  const rows = commandNames.map((name): [string, string] => {
    const { argument, help, values } = commandOf(name);
    // Of a single word the help speaks itself.
    const choices = values === undefined || values.length < 2 ? "" : `: ${values.join(", ")}`;
    return [`/${name}${argument === "" ? "" : ` ${argument}`}`, `${help}${choices}`];
  });
  return addItems(state, [
    { type: "list", title: "Commands and keys", rows: [...rows, ...keyRows] },
  ]);
}

/** Figures of all answers so far. */
export function showStats(state: ChatState): ChatState {
  return addItems(state, [{ type: "list", title: "So far", rows: statsRows(state) }]);
}

/** Prints the last answer again, as the present mode has it. */
export function showAnswer(state: ChatState): ChatState {
  const answer = lastAnswer(state.conversation);
  if (answer === undefined) {
    return addItems(state, [note("error", "there is no answer yet", "Ask something first.")]);
  }
  return addItems(state, answerItems(answer, state));
}

/** Sets how much is shown of where tokens came from, or says it. */
export function setProvenance(state: ChatState, word: string): ChatState {
  const choice = `/provenance takes ${provenances.join(", ")}.`;
  if (word === "")
    return addItems(state, [note("info", `provenance is ${state.provenance}`, choice)]);
  const mode = provenances.find((each) => each === word);
  if (mode !== undefined) return fromHereOn({ ...state, provenance: mode });
  const similar = nearest(word, provenances);
  const meant = similar === undefined ? "" : `Did you mean ${similar}? `;
  const text = `provenance cannot be "${word}"`;
  return addItems(state, [note("error", text, `${meant}${choice}`)]);
}

/** The next of the modes. */
export function cycleProvenance(state: ChatState): ChatState {
  const at = provenances.indexOf(state.provenance);
  const provenance = provenances[(at + 1) % provenances.length] ?? "off";
  return fromHereOn({ ...state, provenance });
}

/** Opens or closes the panel of details. */
export function toggleDetails(state: ChatState): ChatState {
  return { ...state, detailsOpen: !state.detailsOpen };
}

/** What has scrolled away stays as it is. */
function fromHereOn(state: ChatState): ChatState {
  const hint = `provenance ${state.provenance} from here on; /show prints the last answer again`;
  return { ...state, hint };
}
