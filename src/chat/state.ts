import { type Counts, noCounts } from "../decoding/metrics.ts";
import type { PairInfo } from "../engine/pair.ts";
import type { TemplateSettings } from "../engine/port.ts";
import { nameMax, visibleText } from "../text/visible-text.ts";
import type { Comparing } from "./compare.ts";
import { type Completion, openCompletion } from "./completion.ts";
import { type Conversation, newConversation } from "./conversation.ts";
import { type Editor, emptyEditor } from "./editor.ts";
import type { EventLog } from "./event-log.ts";
import type { History } from "./history.ts";
import type { Live } from "./live.ts";
import type { SpanReader } from "./provenance.ts";
import type { AnswerSettings, DeriveSettings, SettingValues } from "./settings.ts";
import type { LoadView, Provenance, TranscriptItem } from "./view.ts";

/** The speed of plain decoding on this pair. */
export interface PlainRate {
  readonly tokensPerSecond: number;
  readonly measuredBy: string;
}

/** An answer that is being given. */
export interface Run {
  /** "plain" measures: its answer is not kept. */
  readonly kind: "answer" | "plain";
  readonly seed: number;
  readonly settings: SettingValues;
  readonly lossy: boolean;
  /** How much of the prompt the target has read; undefined after the first token. */
  readonly reading: { readonly done: number; readonly total: number } | undefined;
  readonly text: string;
  readonly events: EventLog | undefined;
  readonly reader: SpanReader;
  readonly live: Live;
  readonly counts: Counts;
}

/** What goes on. */
export type Phase =
  | { readonly type: "loading"; readonly loads: readonly LoadView[] }
  | { readonly type: "idle" }
  | { readonly type: "running"; readonly run: Run }
  | { readonly type: "comparing"; readonly comparing: Comparing }
  | { readonly type: "crashed"; readonly message: string };

/** Everything a chat knows. */
export interface ChatState {
  readonly phase: Phase;
  /** Undefined until the pair is loaded. */
  readonly info: PairInfo | undefined;
  readonly editor: Editor;
  readonly completion: Completion;
  readonly history: History;
  /** Said below the editor until the next key. */
  readonly hint: string | undefined;
  /** Enter was pressed while the models load: what is written is sent when they are there. */
  readonly waiting: boolean;
  /** The next Ctrl-C on an empty line quits. */
  readonly quitArmed: boolean;
  readonly transcript: readonly TranscriptItem[];
  readonly conversation: Conversation;
  /** As they were given. */
  readonly values: SettingValues;
  readonly settings: AnswerSettings;
  readonly provenance: Provenance;
  readonly detailsOpen: boolean;
  readonly columns: number;
  readonly plainRate: PlainRate | undefined;
  /** Of the last run that has ended. */
  readonly lastCounts: Counts;
  /** Of all answers. */
  readonly totals: { readonly answers: number; readonly counts: Counts };
  /** The last passes, oldest first. */
  readonly passes: readonly { readonly accepted: number; readonly drafted: number }[];
  readonly contextTokens: number;
  /** Runs so far: each draws from a seed of its own. */
  readonly runs: number;
}

/** What a chat begins with, and what it runs by. */
export interface ChatOptions {
  /** What is said of the pair when it is there; no lines for nothing. */
  readonly banner: (info: PairInfo) => readonly string[];
  /** The files that are going to be loaded. */
  readonly loads: readonly Pick<LoadView, "model" | "file">[];
  readonly settings: SettingValues;
  readonly derive: DeriveSettings;
  readonly system: string | undefined;
  /** No chat template, even where the model has one. */
  readonly raw: boolean;
  /** See `Conversation`; left out, they stay plain text. */
  readonly special?: boolean;
  /** How conversations are written as text; left out, in the model's own chat template. */
  readonly template?: TemplateSettings | undefined;
  readonly history: History;
  readonly provenance: Provenance;
  readonly columns: number;
  readonly seed: number;
  /** Tokens of one answer at most. */
  readonly maxTokens: number;
}

/** What the reducer needs beside the state. */
export type ChatWorld = Pick<ChatOptions, "banner" | "derive" | "seed">;

/**
 * The state of a chat that begins.
 *
 * @throws UserError for settings that contradict each other
 */
export function initialState(options: ChatOptions): ChatState {
  const { loads, settings, derive, system, raw, template, history, provenance, columns } = options;
  const { special = false } = options;
  return {
    phase: { type: "loading", loads: loads.map(loading) },
    info: undefined,
    editor: emptyEditor,
    completion: openCompletion,
    history,
    hint: undefined,
    waiting: false,
    quitArmed: false,
    transcript: [],
    conversation: newConversation({ system, raw, special, template }),
    values: settings,
    settings: derive(settings),
    provenance,
    detailsOpen: false,
    columns,
    plainRate: undefined,
    lastCounts: noCounts,
    totals: { answers: 0, counts: noCounts },
    passes: [],
    contextTokens: 0,
    runs: 0,
  };
}

function loading({ model, file }: Pick<LoadView, "model" | "file">): LoadView {
  return { model, file: visibleText(file, nameMax), fraction: 0 };
}
