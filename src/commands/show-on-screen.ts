import { getPriority, setPriority } from "node:os";
import type { ChatSession } from "../chat/session.ts";
import type { ChatView } from "../chat/view.ts";
import { viewOf } from "../chat/view-of.ts";

/** Shows a chat in the terminal until it ends, and leaves the terminal as it was. */
export async function showOnScreen(session: ChatSession): Promise<void> {
  // Ink takes most of a second to load. What is typed meanwhile must not be echoed, nor its Enter
  // become a line break.
  process.stdin.setRawMode(true);
  const { showChat } = await import("../ui/show-chat.tsx");
  const screen = showChat({
    store: { subscribe: (listener) => session.subscribe(listener), getView: viewOnce(session) },
    onKey: (key) => session.dispatch({ type: "key", key }),
    onResize: ({ columns }) => session.dispatch({ type: "resized", columns }),
    stdin: process.stdin,
    stdout: process.stdout,
  });
  const stopYielding = yieldToHost(session);
  try {
    session.start();
    await session.ended;
  } finally {
    stopYielding();
    await screen.close();
  }
}

/** Low, and yet enough for a share of the time where something else takes the cores too. */
const behindHost = 15;

/**
 * Lets the engine host go first on the cores that both need: ggml's threads wait for each other at
 * every step, so that a frame in the way of one costs four times its own time. The host keeps the
 * priority that it was started with, so this process steps back only after that, and tries to step
 * forward before it starts another one, which a system may refuse; then both are alike.
 */
function yieldToHost(session: ChatSession): () => void {
  const own = getPriority();
  return session.subscribe(({ type }) => {
    if (type === "ready") changePriority(behindHost);
    if (type === "crashed") changePriority(own);
  });
}

function changePriority(priority: number): void {
  try {
    setPriority(priority);
  } catch {
    // Not every system lets a process choose. It is slower, and all works.
  }
}

/** One state has one view, however often it is asked for. */
function viewOnce(session: ChatSession): () => ChatView {
  let state = session.getState();
  let view = viewOf(state);
  return () => {
    const now = session.getState();
    if (now !== state) [state, view] = [now, viewOf(now)];
    return view;
  };
}
