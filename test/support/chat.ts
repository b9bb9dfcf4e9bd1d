import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Action, Effect, Step } from "../../src/chat/actions.ts";
import { emptyHistory } from "../../src/chat/history.ts";
import type { Key, KeyName } from "../../src/chat/key.ts";
import { reduce } from "../../src/chat/reducer.ts";
import { ChatSession } from "../../src/chat/session.ts";
import type { ChatPair, SessionOptions } from "../../src/chat/session-options.ts";
import type { AnswerSettings, SettingValues } from "../../src/chat/settings.ts";
import { type ChatOptions, type ChatState, initialState } from "../../src/chat/state.ts";
import type { TranscriptItem } from "../../src/chat/view.ts";
import { viewOf } from "../../src/chat/view-of.ts";
import type { GenerateEvent } from "../../src/decoding/events.ts";
import { type DrafterName, draftersOf } from "../../src/drafter-choice.ts";
import {
  defaultNgram,
  type GenerateRequest,
  type PairInfo,
  type PassSettings,
  type PromptInput,
} from "../../src/engine/pair.ts";
import { usageError } from "../../src/errors.ts";
import { greedy } from "./fake.ts";
import { waitFor } from "./wait-for.ts";

export const settingValues: SettingValues = {
  drafter: "draft",
  "draft-len": "4",
  "top-k": "1",
  "tree-size": "4",
  "p-min": "0",
  temp: "0",
};

/** Reads values as the command line would, as far as the tests care. */
export function derive(values: SettingValues): AnswerSettings {
  const length = values["draft-len"] === "auto" ? 16 : Number(values["draft-len"]);
  if (!Number.isInteger(length)) {
    throw usageError(`--draft-len ${values["draft-len"]} is no whole number`, "Give 0 to 63.");
  }
  const adaptive = values["draft-len"] === "auto";
  const drafters: DrafterName[] = values.drafter === "none" ? [] : draftersOf("draft");
  const plain = length === 0 || drafters.length === 0;
  return {
    pass: {
      adaptive,
      drafters,
      ngram: defaultNgram,
      treeSize: 0,
      pMin: Number(values["p-min"]),
      draftLength: length,
      topK: Number(values["top-k"]),
      sampler: { ...greedy, temperature: Number(values.temp) },
    },
    values,
    label: plain ? "plain" : adaptive ? "auto" : `draft ${length}`,
    lossy: false,
    remarks:
      values["p-min"] === "0"
        ? []
        : [{ level: "warning", text: "--p-min does nothing here", hint: "Leave it." }],
  };
}

export function chatOptions(options: Partial<ChatOptions> = {}): ChatOptions {
  return {
    banner: () => [],
    loads: [{ model: "target", file: "t.gguf" }],
    settings: settingValues,
    derive,
    system: undefined,
    raw: false,
    history: emptyHistory,
    provenance: "off",
    columns: 80,
    seed: 7,
    maxTokens: 100,
    ...options,
  };
}

const model = {
  sizeBytes: 0,
  headerSha256: "",
  name: "fake",
  architecture: "fake",
  quantisation: "F32",
  parameters: 1,
  trainedContext: 4096,
  vocabularySize: 100,
  embeddingWidth: 0,
  layers: 0,
  hasChatTemplate: true,
  canRollBack: true,
};

export const pairInfo: PairInfo = {
  engine: { engine: "fake", release: "fake", backend: "fake", threads: 1, trees: true },
  target: { ...model, file: "t.gguf" },
  draft: { ...model, file: "d.gguf" },
  contextSize: 1000,
  notices: [],
};

/** A chat as its reducer has it, without anything that runs. */
export class TestChat {
  state: ChatState;
  /** All that was to be done, the history apart. */
  readonly effects: Effect[] = [];
  readonly #options: ChatOptions;

  constructor(options: Partial<ChatOptions> = {}, info: PairInfo | "loading" = pairInfo) {
    this.#options = chatOptions(options);
    this.state = initialState(this.#options);
    if (info !== "loading") this.act({ type: "ready", info });
  }

  act(action: Action): Step {
    const step = reduce(this.state, action, this.#options);
    this.state = step.state;
    this.effects.push(...step.effects.filter(({ type }) => type !== "remember"));
    return step;
  }

  press(...names: Exclude<KeyName, "text">[]): this {
    for (const type of names) this.act({ type: "key", key: { type } });
    return this;
  }

  type(text: string): this {
    const key: Key = { type: "text", text };
    this.act({ type: "key", key });
    return this;
  }

  enter(text: string): this {
    return this.type(text).press("enter");
  }

  events(...events: GenerateEvent[]): this {
    this.act({ type: "events", events });
    return this;
  }

  /** Asks and is answered. */
  exchange(question: string, answer: string): this {
    this.enter(question).events(...answerOf(answer));
    this.act({ type: "finished", reason: "eog" });
    return this;
  }

  get view() {
    return viewOf(this.state);
  }

  get lines(): string[] {
    return transcriptLines(this.state);
  }
}

/** The transcript as one would read it. */
export function transcriptLines({ transcript }: ChatState): string[] {
  return transcript.map(lineOf);
}

function lineOf(item: TranscriptItem): string {
  switch (item.type) {
    case "banner":
      return item.lines.join("|");
    case "question":
      return `> ${item.text}`;
    case "answer":
      return `${item.startsLine ? "" : "…"}${item.spans.map(({ text }) => text).join("")}`;
    case "figures":
      return `= ${item.text}`;
    case "note":
      return `${item.level}: ${item.text}${item.hint === undefined ? "" : ` (${item.hint})`}`;
    case "list":
      return `${item.title}: ${item.rows.length} rows`;
    case "comparison":
      return `comparison: ${item.comparison.verdict}`;
  }
}

/** Events of an answer, a word a pass, each with a drafted token before its correction's turn. */
export function answerOf(text: string, changes: { readonly gap?: number } = {}): GenerateEvent[] {
  const [first = "", ...others] = text.split(/(?<= )/);
  return [
    { type: "prefill", model: "target", done: 10, total: 10, reused: 0, ms: 5 },
    { type: "first-token", emitted: [{ ...tokenOf(first), origin: "bonus", ...changes }], ms: 6 },
    ...others.map((word, i) => roundOf(word, 11 + i, changes)),
  ];
}

function roundOf(
  word: string,
  contextTokens: number,
  changes: { readonly gap?: number },
): GenerateEvent {
  return {
    type: "round",
    drafted: [{ token: tokenOf(word).token, parent: -1, q: 0.5 }],
    drafter: "draft",
    accepted: 1,
    deviations: 0,
    emitted: [{ ...tokenOf(word), origin: "draft", q: 0.5, ...changes }],
    draftMs: 2,
    verifyMs: 6,
    overheadMs: 2,
    contextTokens,
  };
}

/** A word as a token. */
function tokenOf(text: string): { readonly token: number; readonly text: string } {
  const token = [...text].reduce((sum, each) => (sum * 31 + (each.codePointAt(0) ?? 0)) % 9973, 7);
  return { token, text };
}

/** What a scripted pair answers to a request; events after which nothing comes end it. */
export type Script = (
  request: GenerateRequest,
  signal: AbortSignal,
) => Iterable<GenerateEvent> | AsyncIterable<GenerateEvent>;

/** A pair that says what a test wants, and notes what it was asked. */
export interface ScriptedPair extends ChatPair {
  readonly requests: GenerateRequest[];
  readonly adjusted: PassSettings[];
  readonly closed: boolean;
}

/**
 * A pair whose tokens are characters.
 *
 * @param script gives the events but the end, which comes by itself where none is given
 */
export function scriptedPair(script: Script, info: PairInfo = pairInfo): ScriptedPair {
  const requests: GenerateRequest[] = [];
  const adjusted: PassSettings[] = [];
  let closed = false;
  return {
    info,
    requests,
    adjusted,
    get closed() {
      return closed;
    },
    async *generate(request, signal = new AbortController().signal) {
      requests.push(request);
      for await (const event of script(request, signal)) {
        if (signal.aborted) break;
        yield event;
        if (event.type === "done") return;
        await turn();
      }
      yield { type: "done", reason: signal.aborted ? "aborted" : "eog", text: "" };
    },
    timeRounds: async () => ({ target: [{ tokens: 1, ms: 20 }], repetitions: 5 }),
    adjust: (pass) => {
      adjusted.push(pass);
    },
    countTokens: async (prompt) => lengthOf(prompt),
    inspectPrompt: async (prompt) => ({ tokens: lengthOf(prompt), spelled: spelledIn(prompt) }),
    close: async () => {
      closed = true;
    },
  };
}

function lengthOf(prompt: PromptInput): number {
  if (prompt.type === "text") return prompt.text.length;
  if (prompt.type === "infill") return prompt.prefix.length + prompt.suffix.length;
  return prompt.messages.reduce((sum, { content }) => sum + content.length, 0);
}

/** Control tokens look like tags here. */
function spelledIn(prompt: PromptInput): string[] {
  if (prompt.type !== "text" || prompt.special === true) return [];
  return prompt.text.match(/<\w+>/g) ?? [];
}

/** Words without end, until it is stopped. */
export function* endless(): Generator<GenerateEvent> {
  yield* answerOf("word ");
  for (let i = 0; ; i++) yield roundOf("word ", 11 + i, {});
}

/** A session over scripted pairs: the first, and those after crashes. */
export function testSession(
  pairs: ChatPair | readonly ChatPair[],
  options: Partial<SessionOptions> = {},
): TestSession {
  const waiting = Array.isArray(pairs) ? [...pairs] : [pairs as ChatPair];
  const files = new Map<string, string>();
  const history: string[] = [];
  const session = new ChatSession({
    ...chatOptions(),
    startPair: async () => {
      const pair = waiting.shift();
      if (pair === undefined) throw new Error("no pair is left");
      return pair;
    },
    files: {
      read: async (path) => files.get(path) ?? fail("ENOENT"),
      write: async (path, text, { replace }) => {
        if (!replace && files.has(path)) fail("EEXIST");
        files.set(path, text);
      },
    },
    appendHistory: async (line) => {
      history.push(line);
    },
    stopTexts: [],
    measures: false,
    ...options,
  });
  onTestFinished(async () => {
    session.dispatch({ type: "submit", text: "/quit" });
    await session.ended.catch(() => {});
  });
  return Object.assign(session, {
    files,
    history,
    until: (look: (state: ChatState) => boolean) =>
      waitFor("the state", () => look(session.getState()) || undefined, 5000).then(() => {}),
    press: (type: Exclude<KeyName, "text">) => session.dispatch({ type: "key", key: { type } }),
    enter: async (text: string) => {
      session.dispatch({ type: "submit", text });
      await session.settled();
    },
    lines: () => transcriptLines(session.getState()),
  });
}

export type TestSession = ChatSession & {
  readonly files: Map<string, string>;
  readonly history: string[];
  until(look: (state: ChatState) => boolean): Promise<void>;
  press(type: Exclude<KeyName, "text">): void;
  /** Sends an entry and waits until all it caused is done. */
  enter(text: string): Promise<void>;
  lines(): string[];
};

/** Fails as the file system does. */
export function fail(code: string): never {
  throw Object.assign(new Error(`${code}: it failed`), { code });
}
