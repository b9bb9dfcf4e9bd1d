import type { Key } from "../chat/key.ts";
import { InputParser } from "./input-parser.ts";

/** How long a terminal may take for the rest of a sequence; after that an Esc was the key. */
const escapeMs = 30;

/** Who is told what. */
export interface KeyListener {
  /** Keys that came together. */
  onKeys(keys: readonly Key[]): void;
  /** Nothing more will come: the terminal is gone, or a file is at its end. */
  onEnd(): void;
}

/**
 * Reads keys until the function that it returns is called. A terminal is in raw mode for that time.
 */
export function readKeys(stdin: NodeJS.ReadStream, { onKeys, onEnd }: KeyListener): () => void {
  const parser = new InputParser();
  let timer: NodeJS.Timeout | undefined;
  const tell = (keys: readonly Key[]): void => {
    if (keys.length > 0) onKeys(keys);
  };
  const onData = (chunk: Uint8Array | string): void => {
    clearTimeout(timer);
    const keys = parser.push(chunk);
    if (parser.pending) timer = setTimeout(() => tell(parser.flush()), escapeMs);
    tell(keys);
  };
  const setRaw = (raw: boolean): void => {
    if (stdin.isTTY) stdin.setRawMode(raw);
  };

  setRaw(true);
  stdin.on("data", onData);
  stdin.on("end", onEnd);
  stdin.on("error", onEnd);
  stdin.ref?.();
  stdin.resume();
  return () => {
    clearTimeout(timer);
    stdin.off("data", onData);
    stdin.off("end", onEnd);
    stdin.off("error", onEnd);
    stdin.pause();
    setRaw(false);
  };
}
