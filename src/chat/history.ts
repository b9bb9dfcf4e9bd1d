/** Messages that were sent, and where one is among them. */
export interface History {
  /** Oldest first. */
  readonly entries: readonly string[];
  /** Index of the entry that is shown; `entries.length` where it is the message being written. */
  readonly index: number;
  /** What was being written when the walk through the entries began. */
  readonly draft: string;
}

/** More are not kept. */
export const maxHistory = 1000;

/** A step through the history and the text that it shows. */
export interface HistoryStep {
  readonly history: History;
  readonly text: string;
}

/** A history with nothing in it. */
export const emptyHistory: History = historyOf([]);

/** The message before; undefined at the oldest. */
export function older({ entries, index, draft }: History, text: string): HistoryStep | undefined {
  const found = entries[index - 1];
  if (found === undefined) return undefined;
  const kept = index === entries.length ? text : draft;
  return { history: { entries, index: index - 1, draft: kept }, text: found };
}

/** The message after, and the one being written after the last; undefined at that one. */
export function newer({ entries, index, draft }: History): HistoryStep | undefined {
  if (index >= entries.length) return undefined;
  const text = index + 1 === entries.length ? draft : (entries[index + 1] as string);
  return { history: { entries, index: index + 1, draft }, text };
}

/** The history with one more message, and the walk over; one that repeats the last is not kept. */
export function remember({ entries }: History, text: string): History {
  return historyOf(entries.at(-1) === text ? entries : [...entries, text]);
}

/** The history with the walk over. */
export function leaveHistory({ entries }: History): History {
  return historyOf(entries);
}

/** The line that a message is kept as. */
export function historyLine(text: string): string {
  return `${JSON.stringify(text)}\n`;
}

/** Reads the lines of a history file; lines that are damaged are passed over. */
export function parseHistory(text: string): History {
  return historyOf(text.split("\n").flatMap(entryIn));
}

/** The whole file of a history, for one that has grown too long. */
export function historyText({ entries }: History): string {
  return entries.map(historyLine).join("");
}

function historyOf(all: readonly string[]): History {
  const entries = all.slice(-maxHistory);
  return { entries, index: entries.length, draft: "" };
}

function entryIn(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "string" && entry !== "" ? [entry] : [];
  } catch {
    return [];
  }
}
