// First, for what comes below reads the environment that it prepares.
import "./ink-environment.ts";
import type { BenchView } from "../bench/live/view.ts";
import type { Key } from "../chat/key.ts";
import { BenchScreen } from "./BenchScreen.tsx";
import { benchRows } from "./bench-rows.ts";
import { InkRun } from "./ink-run.tsx";
import { type ScreenSize, textWidth } from "./live-rows.ts";
import { readKeys } from "./read-keys.ts";
import { row, textOf, truncateRow } from "./row.ts";
import { sizeOf } from "./size-of.ts";
import { eraseFrame, restoreTerminal } from "./terminal-sequences.ts";
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
  /** Draws a frame, at once: between two calls nothing is drawn, and no timer runs. */
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
  const theme = themeFor(process.env);
  let drawn: { readonly view: BenchView; readonly size: ScreenSize } | undefined;
  let ended = false;

  const start = (): InkRun =>
    new InkRun({
      stdin,
      stdout: terminal,
      onEnd: (error) => {
        close();
        if (error !== undefined) onFailure(error);
      },
    });
  const erase = (): void => {
    if (drawn === undefined) return;
    // Of what could not be drawn Ink leaves an empty row.
    const rows = run.failed ? [[]] : benchRows(drawn.view, drawn.size);
    terminal.write(eraseFrame(rows, sizeOf(terminal).columns));
  };
  const draw = (view: BenchView): void => {
    if (ended) return;
    const size = sizeOf(terminal);
    if (drawn !== undefined && !isSameSize(drawn.size, size)) {
      // Ink would go on from where the frame stood before.
      run.stop();
      erase();
      run = start();
    }
    drawn = { view, size };
    run.show(<BenchScreen view={view} size={size} theme={theme} />);
  };
  const say = (text: string): void => {
    if (ended) return;
    terminal.write(`\r${textOf(truncateRow(row(text), textWidth(sizeOf(terminal))))}`);
  };
  /** Without a promise, since it runs when the process exits too. */
  const close = (): void => {
    if (ended) return;
    ended = true;
    stopKeys();
    process.off("exit", close);
    process.off("uncaughtExceptionMonitor", close);
    run.stop();
    erase();
    terminal.write(restoreTerminal);
  };

  let run = start();
  process.on("exit", close);
  process.on("uncaughtExceptionMonitor", close);
  const stopKeys = readsKeys
    ? readKeys(stdin, { onKeys: (keys) => keys.forEach(onKey), onEnd: () => {} })
    : () => {};
  return { draw, say, close };
}

function isSameSize(a: ScreenSize, b: ScreenSize): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}
