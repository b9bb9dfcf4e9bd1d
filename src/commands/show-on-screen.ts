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
  try {
    session.start();
    await session.ended;
  } finally {
    await screen.close();
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
