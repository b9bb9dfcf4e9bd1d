import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { ChatFiles } from "../chat/file-trouble.ts";
import {
  emptyHistory,
  type History,
  historyText,
  maxHistory,
  parseHistory,
} from "../chat/history.ts";
import { readFileBytes, readTextFile } from "../read-text-file.ts";
import { systemFolder } from "../system-folders.ts";

/** A transcript, or the history, has some megabytes at most. */
const mostBytes = 64 * 1024 * 1024;

/** The files that /save and /load name. */
export const chatFiles: ChatFiles = {
  read: async (path) => readTextFile(atHome(path), mostBytes),
  write: (path, text, { replace }) => writeFile(atHome(path), text, { flag: replace ? "w" : "wx" }),
};

/** No shell stands between a chat and its files, so `~/` is read here. */
function atHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/** Where the messages of earlier chats are kept, so that Up brings them back. */
export function historyFile(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(systemFolder("state", env, platform), "chat-history.jsonl");
}

/** Reads the history; one that is missing or cannot be read is empty, for a chat can do without. */
export async function readHistory(file: string): Promise<History> {
  const text = readable(file);
  const history = parseHistory(text);
  // It only grows by lines; when it has grown to twice what is kept, the old ones go.
  if (text.split("\n").length > 2 * maxHistory) {
    await writeFile(file, historyText(history)).catch(() => {});
  }
  return text === "" ? emptyHistory : history;
}

function readable(file: string): string {
  try {
    return readFileBytes(file, mostBytes).toString("utf8");
  } catch {
    return "";
  }
}

/** Adds a line to the history; messages are nobody else's business. */
export async function appendHistory(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, line, { mode: 0o600 });
}
