import type { DoneReason, GenerateEvent } from "../decoding/events.ts";
import type { PairInfo, PassSettings } from "../engine/pair.ts";
import type { UserErrorData } from "../errors.ts";
import { visibleText } from "../text/visible-text.ts";
import type { Conversation } from "./conversation.ts";
import type { Key } from "./key.ts";
import type { ChatState } from "./state.ts";
import type { LoadView, TranscriptItem } from "./view.ts";

/** What happens to a chat. */
export type Action =
  | { readonly type: "key"; readonly key: Key }
  /** A whole entry at once, as if it had been typed and sent. */
  | { readonly type: "submit"; readonly text: string }
  | { readonly type: "resized"; readonly columns: number }
  | { readonly type: "load-progress"; readonly model: LoadView["model"]; readonly fraction: number }
  | { readonly type: "ready"; readonly info: PairInfo }
  /** Plain decoding was measured when the pair was loaded. */
  | { readonly type: "measured"; readonly tokensPerSecond: number }
  | { readonly type: "events"; readonly events: readonly GenerateEvent[] }
  /** A comparison goes on with its second answer. */
  | { readonly type: "second-side" }
  /** The oldest turns are given to the model no more. */
  | { readonly type: "dropped"; readonly turns: number }
  /** The last question does not fit into the context. */
  | { readonly type: "too-long"; readonly tokens: number; readonly room: number }
  /** The last question spells control tokens, which stay plain text. */
  | { readonly type: "spelled"; readonly specials: readonly string[] }
  | { readonly type: "finished"; readonly reason: DoneReason }
  | { readonly type: "failed"; readonly error: UserErrorData }
  | { readonly type: "crashed"; readonly error: UserErrorData }
  | { readonly type: "saved"; readonly path: string }
  | { readonly type: "loaded"; readonly path: string; readonly conversation: Conversation };

/** What a session is asked to answer. */
export interface RunRequest {
  readonly kind: "answer" | "plain" | "compare";
  /** Ends with the question. */
  readonly conversation: Conversation;
  readonly seed: number;
}

/** What a session is to do. */
export type Effect =
  | { readonly type: "run"; readonly request: RunRequest }
  | { readonly type: "stop" }
  | { readonly type: "adjust"; readonly pass: PassSettings }
  | { readonly type: "remember"; readonly text: string }
  | { readonly type: "save"; readonly path: string; readonly replace: boolean }
  | { readonly type: "load"; readonly path: string }
  | { readonly type: "restart" }
  | { readonly type: "quit" };

/** A state, and what is to be done besides. */
export interface Step {
  readonly state: ChatState;
  readonly effects: readonly Effect[];
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** A transcript item that has no number yet. */
export type NewItem = WithoutId<TranscriptItem>;

/** A step that does nothing besides. */
export function stepTo(state: ChatState, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

/** Adds to the transcript, whose ids count up. */
export function addItems(state: ChatState, items: readonly NewItem[]): ChatState {
  if (items.length === 0) return state;
  const first = state.transcript.length;
  const numbered = items.map((item, i) => ({ ...item, id: first + i }));
  return { ...state, transcript: [...state.transcript, ...numbered] };
}

type Note = NewItem & { readonly type: "note" };

/** A note for the transcript. What a file or a user put into it stays in its line. */
export function note(level: Note["level"], text: string, hint?: string): Note {
  return {
    type: "note",
    level,
    text: visibleText(text),
    ...(hint !== undefined && { hint: visibleText(hint) }),
  };
}

/** A note whose text has further lines, which are indented. */
export function noteOfLines(
  level: Note["level"],
  [first = "", ...others]: readonly string[],
  hint?: string,
): Note {
  const lines = [first, ...others.map((line) => `  ${line}`)];
  return { ...note(level, "", hint), text: lines.map((line) => visibleText(line)).join("\n") };
}

/** A user's error for the transcript, with the details that it has. */
export function errorNote({ message, hint, details = [] }: UserErrorData): NewItem {
  return noteOfLines("error", [message, ...details], hint);
}
