import type { InteractivePair } from "../engine/pair.ts";
import type { ChatFiles } from "./file-trouble.ts";
import type { ChatOptions } from "./state.ts";
import type { LoadView } from "./view.ts";

/** A pair that a session may close. */
export interface ChatPair extends InteractivePair {
  close(): Promise<void>;
}

/** What a pair's start tells of the load, and what cancels it. */
export interface StartOptions {
  readonly onProgress: (load: Pick<LoadView, "model" | "fraction">) => void;
  readonly signal: AbortSignal;
}

/** What a session runs on. */
export interface SessionOptions extends ChatOptions {
  /** Loads the pair; called again after a crash. */
  readonly startPair: (options: StartOptions) => Promise<ChatPair>;
  readonly files: ChatFiles;
  /** Adds a line to the history file; where it fails, the history goes on without. */
  readonly appendHistory: (line: string) => Promise<void>;
  readonly stopTexts: readonly string[];
  /** Whether plain decoding is measured when the pair is loaded. */
  readonly measures: boolean;
  /** See `GenerateRequest.eventsEveryMs`; left out, 80. */
  readonly eventsEveryMs?: number;
}
