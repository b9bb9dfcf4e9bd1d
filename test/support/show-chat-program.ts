/*
 * A program of its own with a chat on its terminal, which ends in the way that its argument names.
 * Run by tests that look at the terminal afterwards.
 */
import { showChat } from "../../src/ui/show-chat.tsx";
import { target } from "./chat-views.ts";
import { FakeStore } from "./view-store.ts";

const store = new FakeStore();
store.set({
  transcript: [
    { id: 1, type: "question", text: "Will it be tidy?" },
    { id: 2, type: "answer", provenance: "off", startsLine: true, spans: [target("It will.\n")] },
  ],
});
const chat = showChat({
  store,
  stdin: process.stdin,
  stdout: process.stdout,
  onResize() {},
  onKey(key) {
    if (key.type === "escape") void chat.close();
    if (key.type === "interrupt") process.exit(7);
    if (key.type === "enter") throw new Error("thrown on purpose");
    if (key.type === "text") process.kill(process.pid, key.text as NodeJS.Signals);
    if (key.type === "tab") {
      // A view that cannot be drawn.
      store.set({ transcript: undefined as never });
    }
  },
});
chat.finished.then(
  () => process.stdout.write("finished\n"),
  (error: unknown) => process.stdout.write(`failed: ${String(error).split("\n")[0]}\n`),
);
