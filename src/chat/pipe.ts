import { emittedIn } from "../decoding/events.ts";
import { environmentError, interrupted, UserError, usageError } from "../errors.ts";
import { withoutControls } from "../text/sanitise.ts";
import type { Action } from "./actions.ts";
import { type CommandName, commandNames, commandOf } from "./command-table.ts";
import type { ChatSession } from "./session.ts";
import { settingNames } from "./settings.ts";
import { type Entry, parseEntry } from "./slash.ts";
import type { TranscriptItem } from "./view.ts";

/** Where a chat without a terminal reads and writes. */
export interface PipeOptions {
  /** Each one is a question or a command; blank ones are passed over. */
  readonly lines: AsyncIterable<string>;
  /** Answers, as they stream. */
  readonly writeAnswer: (text: string) => void;
  /** Figures, notes and errors, a line at a time. */
  readonly writeNote: (line: string) => void;
  /** Stops the answer and ends the chat. */
  readonly signal: AbortSignal;
}

/** What else than a setting makes sense without a screen. */
const known: readonly CommandName[] = ["help", "system", "reset", "save", "load", "quit"];
const pipeCommands = commandNames.filter(
  (name) => known.includes(name) || settingNames.some((setting) => setting === name),
);

/**
 * Holds a chat over lines of text, from the start of its session to its end. A line that fails does
 * not keep the others from their answers.
 *
 * @throws UserError at once where nothing can go on, or at the end where any line failed
 */
export async function runPipe(session: ChatSession, options: PipeOptions): Promise<void> {
  const { signal } = options;
  const output = new PipeOutput(session, options);
  const onAbort = (): void => session.dispatch({ type: "key", key: { type: "interrupt" } });
  signal.addEventListener("abort", onAbort);
  let count = 0;
  try {
    session.start();
    await output.settled();
    for await (const line of untilAborted(options.lines, signal)) {
      if (line.trim() === "") continue;
      count++;
      output.submit(line);
      await output.settled();
      if (session.over) break;
    }
    if (signal.aborted) throw interrupted();
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.dispatch({ type: "submit", text: "/quit" });
    // Why it ended was said above.
    await session.ended.catch(() => {});
  }
  if (output.failures > 0) throw failedLines(output, count);
}

/** Wrong usage where all that failed is, else the model or the machine. */
function failedLines({ failures, mistakes }: PipeOutput, count: number): UserError {
  const text = `${failures} of ${count} lines failed`;
  const hint = "What is wrong with each is said above.";
  return failures === mistakes
    ? usageError(text, hint)
    : environmentError("chat-failed", text, hint);
}

/** The lines before an interrupt: waiting for one more must not keep it. */
async function* untilAborted(
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const iterator = lines[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  while (!signal.aborted) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

/** A question can fail by the model, and a file by the machine. */
function failsByUsage(entry: Entry): boolean {
  if (entry.type !== "command") return entry.type === "unknown";
  return entry.name !== "save" && entry.name !== "load";
}

/** Writes what a session does as it does it. */
class PipeOutput {
  failures = 0;
  /** Of the failures, those of wrong usage. */
  mistakes = 0;
  /** Whether the line that is under way can fail by wrong usage alone. */
  #onlyUsage = false;
  readonly #session: ChatSession;
  readonly #options: PipeOptions;
  #itemsWritten: number;
  #midLine = false;
  #crash: UserError | undefined;

  constructor(session: ChatSession, options: PipeOptions) {
    this.#session = session;
    this.#options = options;
    this.#itemsWritten = session.getState().transcript.length;
    session.subscribe((action) => this.#follow(action));
  }

  submit(line: string): void {
    const entry = parseEntry(line);
    this.#onlyUsage = failsByUsage(entry);
    if (entry.type === "command" && entry.name === "help") {
      this.#help();
      return;
    }
    if (entry.type === "command" && !pipeCommands.includes(entry.name)) {
      const commands = pipeCommands.map((name) => `/${name}`).join(" ");
      this.#writeNote(
        "error",
        `/${entry.name} needs a terminal`,
        `Without one there are ${commands}.`,
      );
      return;
    }
    this.#session.dispatch({ type: "submit", text: line });
  }

  #help(): void {
    for (const name of pipeCommands) {
      const { argument, help } = commandOf(name);
      this.#options.writeNote(`/${name}${argument && ` ${argument}`}: ${help}`);
    }
  }

  /** @throws UserError when the engine has died, or never came up */
  async settled(): Promise<void> {
    await this.#session.settled();
    if (this.#crash !== undefined) throw this.#crash;
  }

  #follow(action: Action): void {
    if (action.type === "crashed") {
      this.#crash = new UserError(action.error);
      this.#endLine();
      return;
    }
    if (action.type === "events") for (const event of action.events) this.#writeText(event);
    if (action.type === "finished" || action.type === "failed") this.#endLine();
    const { transcript } = this.#session.getState();
    for (const item of transcript.slice(this.#itemsWritten)) this.#writeItem(item);
    this.#itemsWritten = transcript.length;
  }

  #writeText(event: Extract<Action, { type: "events" }>["events"][number]): void {
    const texts = event.type === "done" ? [event.text] : emittedIn(event).map(({ text }) => text);
    const text = withoutControls(texts.join(""));
    if (text === "") return;
    this.#midLine = !text.endsWith("\n");
    this.#options.writeAnswer(text);
  }

  #endLine(): void {
    if (this.#midLine) this.#options.writeAnswer("\n");
    this.#midLine = false;
  }

  #writeItem(item: TranscriptItem): void {
    if (item.type === "figures") this.#options.writeNote(item.text);
    if (item.type === "note") this.#writeNote(item.level, item.text, item.hint);
  }

  #writeNote(level: "info" | "warning" | "error", text: string, hint?: string): void {
    if (level === "error") {
      this.failures++;
      if (this.#onlyUsage) this.mistakes++;
    }
    const { writeNote } = this.#options;
    for (const line of `${level === "info" ? "note" : level}: ${text}`.split("\n")) writeNote(line);
    if (hint !== undefined) writeNote(`hint: ${hint}`);
  }
}
