// First, for what comes below reads the environment that it prepares.
import "./ink-environment.ts";
import type { BenchView } from "../bench/live/view.ts";
import type { Key } from "../chat/key.ts";
import { InkBench } from "./ink-bench.tsx";
import { readKeys } from "./read-keys.ts";
import { restoreTerminal } from "./terminal-sequences.ts";
import { themeFor } from "./theme.ts";

/** What a running bench is shown with. */
export interface ShowBenchOptions {
  readonly stdin: NodeJS.ReadStream;
  /** False where the keyboard belongs to something else. */
  readonly readsKeys: boolean;
  /** Where it is drawn. */
  readonly terminal: NodeJS.WriteStream;
  onKey(key: Key): void;
  /** It could not be drawn: it has closed, and nothing is drawn any more. */
  onFailure(error: unknown): void;
}

/** A running bench on a terminal. */
export interface ShownBench {
  /**
   * Draws a frame, at once; between two calls nothing is drawn. No sooner than a millisecond after the
   * last one, or Ink does it later.
   */
  draw(view: BenchView): void;
  /** Writes a few words below the frame, where they stay until the next one: next to no work. */
  say(text: string): void;
  /** Takes the frame away and gives the terminal back. */
  close(): void;
}

/**
 * Shows a running bench on a terminal and passes keys on, until `close`. The terminal is left as it was
 * found, also where the program ends by an exception, a signal or `process.exit`.
 */
export function showBench(options: ShowBenchOptions): ShownBench {
  const { stdin, terminal, readsKeys, onKey, onFailure } = options;
  let ended = false;
  /** Without a promise, since it runs when the process exits too. */
  const close = (): void => {
    if (ended) return;
    ended = true;
    stopKeys();
    process.off("exit", close);
    process.off("uncaughtExceptionMonitor", close);
    screen.end();
    terminal.write(restoreTerminal);
  };
  const onEnd = (error?: unknown): void => {
    close();
    if (error !== undefined) onFailure(error);
  };

  const screen = new InkBench({ stdin, stdout: terminal, onEnd }, themeFor(process.env));
  process.on("exit", close);
  process.on("uncaughtExceptionMonitor", close);
  const stopKeys = readsKeys
    ? readKeys(stdin, { onKeys: (keys) => keys.forEach(onKey), onEnd: () => {} })
    : () => {};
  return {
    draw(view) {
      if (!ended) screen.draw(view);
    },
    say(text) {
      if (!ended) screen.say(text);
    },
    close,
  };
}
