// First, for what comes below reads the environment that it prepares.
import "./ink-environment.ts";
import type { Key } from "../chat/key.ts";
import type { ChatView } from "../chat/view.ts";
import { FrameClock } from "./frame-clock.ts";
import { InkScreen, type ScreenContent } from "./ink-screen.tsx";
import type { ScreenSize } from "./live-rows.ts";
import { readKeys } from "./read-keys.ts";
import { sizeOf } from "./size-of.ts";
import { beginPastes, restoreTerminal } from "./terminal-sequences.ts";
import { themeFor } from "./theme.ts";

/** Who has what the screen shows, and tells when it has changed. */
export interface ViewStore {
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
  getView(): ChatView;
}

/** What a chat is shown with. */
export interface ShowChatOptions {
  readonly store: ViewStore;
  onKey(key: Key): void;
  /** Told at the begin, and whenever the terminal has another size. */
  onResize(size: ScreenSize): void;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The most frames a second while text streams. Default: 8. */
  readonly fps?: number;
}

/** A chat on the screen. */
export interface ShownChat {
  /**
   * Settles when the terminal is as it was: after `close`, where the input has ended, and with the
   * reason where the view could not be drawn.
   */
  readonly finished: Promise<void>;
  /** Draws what is new, takes the live part away and gives the terminal back. Never rejects. */
  close(): Promise<void>;
}

const defaultFps = 8;
const typingFps = 30;

/**
 * Shows a chat on a terminal and passes keys on, until `close`. The terminal is left as it was found,
 * also where the program ends by an exception, a signal or `process.exit`.
 */
export function showChat(options: ShowChatOptions): ShownChat {
  const { store, stdin, stdout, onKey, onResize } = options;
  const theme = themeFor(process.env);
  let drawn: ScreenContent | undefined;
  let handlingKeys = false;
  let ended = false;
  let finish: (error?: unknown) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });

  const screen = new InkScreen({ stdin, stdout, onEnd: (error) => end(error) });
  const content = (): ScreenContent => ({ view: store.getView(), size: sizeOf(stdout), theme });
  const draw = (): void => {
    const next = content();
    if (drawn !== undefined && isSame(drawn, next)) return;
    drawn = next;
    screen.draw(next);
  };
  const redraw = (): void => {
    drawn = content();
    screen.redraw(drawn);
  };
  const rates = { streaming: options.fps ?? defaultFps, typing: typingFps };
  const clock = new FrameClock(draw, rates);

  const onKeys = (keys: readonly Key[]): void => {
    handlingKeys = true;
    for (const key of keys) {
      if (ended) break;
      if (key.type === "redraw") redraw();
      onKey(key);
    }
    handlingKeys = false;
  };
  const resized = (): void => {
    onResize(sizeOf(stdout));
    clock.drawNow();
  };

  /** Without a promise, since it runs when the process exits too. */
  const end = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    clock.stop();
    unsubscribe();
    stopKeys();
    stdout.off("resize", resized);
    process.off("exit", onExit);
    process.off("uncaughtExceptionMonitor", onExit);
    screen.end();
    stdout.write(restoreTerminal);
    finish(error);
  };
  const onExit = (): void => end();

  process.on("exit", onExit);
  process.on("uncaughtExceptionMonitor", onExit);
  stdout.on("resize", resized);
  // It stays: where the terminal is gone, what restores it fails as well.
  stdout.on("error", onExit);
  stdout.write(beginPastes);
  const stopKeys = readKeys(stdin, { onKeys, onEnd: onExit });
  const unsubscribe = store.subscribe(() => clock.request(handlingKeys));
  onResize(sizeOf(stdout));
  clock.drawNow();
  return {
    finished,
    async close() {
      if (!ended) {
        draw();
        end();
      }
    },
  };
}

function isSame(before: ScreenContent, after: ScreenContent): boolean {
  return (
    before.view === after.view &&
    before.size.columns === after.size.columns &&
    before.size.rows === after.size.rows
  );
}
