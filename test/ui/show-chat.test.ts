import { Console } from "node:console";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Key } from "../../src/chat/key.ts";
import type { ChatView, TranscriptItem } from "../../src/chat/view.ts";
import { liveRows, type ScreenSize, textWidth } from "../../src/ui/live-rows.ts";
import { textOf } from "../../src/ui/row.ts";
import { showChat } from "../../src/ui/show-chat.tsx";
import { themeFor } from "../../src/ui/theme.ts";
import { transcriptRows } from "../../src/ui/transcript-rows.ts";
import {
  activities,
  draft,
  editorWith,
  sampleCompletions,
  sampleDetails,
  sampleStatus,
  target,
} from "../support/chat-views.ts";
import { FakeTerminal } from "../support/fake-terminal.ts";
import { FakeStore } from "../support/view-store.ts";

// Ink takes over Node's console, which this one lacks.
Object.assign(console, { Console });

const theme = themeFor({});

interface Shown {
  readonly terminal: FakeTerminal;
  readonly store: FakeStore;
  readonly keys: Key[];
  readonly sizes: ScreenSize[];
  readonly finished: Promise<void>;
  close(): Promise<void>;
}

/** A chat on a terminal; frames come as fast as they are asked for unless said otherwise. */
function open(columns = 80, rows = 24, fps = 1000): Shown {
  const terminal = new FakeTerminal(columns, rows);
  const store = new FakeStore();
  const keys: Key[] = [];
  const sizes: ScreenSize[] = [];
  const chat = showChat({
    store,
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    fps,
    onKey: (key) => keys.push(key),
    onResize: (size) => sizes.push(size),
  });
  onTestFinished(() => chat.close());
  return { terminal, store, keys, sizes, finished: chat.finished, close: () => chat.close() };
}

function answer(id: number, text: string): TranscriptItem {
  return { id, type: "answer", provenance: "off", startsLine: true, spans: [target(text)] };
}

/** What stands on the screen where everything is as it should be. */
function expected(view: ChatView, size: ScreenSize): string[] {
  const look = { width: textWidth(size), theme, provenance: view.provenance };
  const rows = [
    ...view.transcript.flatMap((item) => transcriptRows(item, look)),
    ...liveRows(view, size, theme),
  ];
  return rows.map((row) => textOf(row).trimEnd());
}

async function expectScreen(shown: Shown, size: ScreenSize): Promise<void> {
  await vi.waitFor(async () => {
    expect(await shown.terminal.lines()).toEqual(expected(shown.store.getView(), size));
  });
}

test("draws what there is, tells the size and passes keys on", async () => {
  const shown = open();
  await expectScreen(shown, { columns: 80, rows: 24 });
  expect(shown.sizes).toEqual([{ columns: 80, rows: 24 }]);
  expect(shown.terminal.raw).toBe(true);
  expect(shown.terminal.bracketedPaste).toBe(true);
  expect(shown.terminal.cursorVisible).toBe(false);
  shown.terminal.type("hi\r");
  await vi.waitFor(() =>
    expect(shown.keys).toEqual([{ type: "text", text: "hi" }, { type: "enter" }]),
  );
});

test("shows whatever view comes next as if it were the first", async () => {
  const editor = fc.constantFrom(
    editorWith(""),
    editorWith("日本語 hello"),
    { ...editorWith("/c"), completions: sampleCompletions, chosen: 0 },
    editorWith(Array.from({ length: 60 }, (_, i) => `line ${i}`).join("\n"), 100),
  );
  const words = fc.integer({ min: 0, max: 150 }).map((count) => ({
    spans: Array.from({ length: count }, (_, i) => (i % 2 ? draft(` w${i}`) : target(" 語"))),
    startsLine: true,
  }));
  const change = fc.record({
    activity: fc.constantFrom(...activities),
    live: words,
    editor,
    details: fc.constantFrom(undefined, sampleDetails),
    status: fc.constant(sampleStatus),
    lines: fc.array(fc.constantFrom("\n", "some text\n", `${"long ".repeat(30)}\n`), {
      maxLength: 3,
    }),
  });
  const size = { columns: 40, rows: 12 };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      const shown = open(size.columns, size.rows);
      let id = 0;
      for (const { lines, ...view } of changes) {
        const added = lines.map((line) => answer(++id, line));
        shown.store.set({ ...view, transcript: [...shown.store.getView().transcript, ...added] });
        await expectScreen(shown, size);
      }
      await shown.close();
    }),
    { numRuns: 15 },
  );
});

test("nothing is written when nothing has changed", async () => {
  const shown = open();
  await expectScreen(shown, { columns: 80, rows: 24 });
  const { writes } = shown.terminal;
  shown.store.set({});
  await sleep(30);
  expect(shown.terminal.writes).toBe(writes);
});

test("a frame is one write, and held together for terminals that can do that", async () => {
  const shown = open();
  shown.store.set({ editor: editorWith("a") });
  await expectScreen(shown, { columns: 80, rows: 24 });
  const { writes, output } = shown.terminal;
  shown.store.set({ editor: editorWith("ab") });
  await vi.waitFor(() => expect(shown.terminal.writes).toBe(writes + 1));
  const frame = shown.terminal.output.slice(output.length);
  expect(frame.startsWith("\u001b[?2026h")).toBe(true);
  expect(frame.endsWith("\u001b[?2026l")).toBe(true);
  expect(frame).toContain("ab");
});

test("streams ten frames a second at most, but echoes keys at once", async () => {
  const shown = open(80, 24, 10);
  const { writes } = shown.terminal;
  const begin = performance.now();
  for (let i = 0; performance.now() - begin < 500; i++) {
    shown.store.set({ live: { spans: [target("x".repeat(i))], startsLine: true } });
    await sleep(2);
  }
  expect(shown.terminal.writes - writes).toBeLessThanOrEqual(6);
});

const wide = {
  transcript: [answer(1, "short\n"), answer(2, "lines\n")],
  activity: { type: "answering" },
  live: {
    spans: [target("one row of text that is as wide as many rows are in a chat ".repeat(3))],
    startsLine: true,
  },
  status: sampleStatus,
  editor: editorWith("a message that is wider than half of the terminal's width is"),
} as const;

test.each([
  [80, 24, 40, 24],
  [80, 24, 80, 8],
  [80, 24, 60, 16],
  [40, 10, 120, 40],
])("after a resize from %i×%i to %i×%i the live part is there once", async (...sizes) => {
  const [columns, rows, newColumns, newRows] = sizes;
  const shown = open(columns, rows);
  shown.store.set(wide);
  await expectScreen(shown, { columns, rows });
  await shown.terminal.resize(newColumns, newRows);
  await expectScreen(shown, { columns: newColumns, rows: newRows });
  expect(shown.sizes.at(-1)).toEqual({ columns: newColumns, rows: newRows });
  shown.store.set({ transcript: [...wide.transcript, answer(3, "more\n")] });
  await expectScreen(shown, { columns: newColumns, rows: newRows });
});

test("where the old frame does not fit any more, its begin has scrolled away", async () => {
  const shown = open(80, 24);
  shown.store.set(wide);
  await expectScreen(shown, { columns: 80, rows: 24 });
  await shown.terminal.resize(33, 10);
  const rows = liveRows(shown.store.getView(), { columns: 33, rows: 10 }, theme);
  expect((await shown.terminal.lines()).slice(-9)).toEqual(
    rows.map((row) => textOf(row).trimEnd()),
  );
  expect(shown.terminal.cursorRow).toBe((await shown.terminal.lines()).length);
});

test("many resizes leave nothing behind", async () => {
  const shown = open();
  shown.store.set({ transcript: [answer(1, "short\n")], status: sampleStatus });
  for (let columns = 79; columns >= 30; columns--) await shown.terminal.resize(columns, 24);
  for (let columns = 31; columns <= 90; columns++) await shown.terminal.resize(columns, 24);
  await expectScreen(shown, { columns: 90, rows: 24 });
});

test("Ctrl-L draws everything anew", async () => {
  const shown = open();
  shown.store.set({ transcript: [answer(1, "an answer\n")] });
  await expectScreen(shown, { columns: 80, rows: 24 });
  await shown.terminal.write("rubbish from elsewhere\r\nand more");
  shown.terminal.type("\u000c");
  await vi.waitFor(() => expect(shown.keys).toEqual([{ type: "redraw" }]));
  await expectScreen(shown, { columns: 80, rows: 24 });
});

test("at the end what is finished stays, and the terminal is as it was", async () => {
  const shown = open();
  shown.store.set({ transcript: [answer(1, "an answer\n")] });
  await expectScreen(shown, { columns: 80, rows: 24 });
  shown.store.set({ transcript: [answer(1, "an answer\n"), answer(2, "said at last\n")] });
  await shown.close();
  await shown.finished;
  expect(await shown.terminal.lines()).toEqual(["an answer", "said at last"]);
  expect([shown.terminal.cursorRow, shown.terminal.cursorColumn]).toEqual([2, 0]);
  expect(shown.terminal.cursorVisible).toBe(true);
  expect(shown.terminal.bracketedPaste).toBe(false);
  expect(shown.terminal.raw).toBe(false);
  expect(shown.store.listeners).toBe(0);
  const { writes } = shown.terminal;
  shown.store.set({ hint: "nobody sees this" });
  shown.terminal.type("x");
  await sleep(20);
  expect(shown.terminal.writes).toBe(writes);
  expect(shown.keys).toEqual([]);
});

test("where the input ends, the chat does", async () => {
  const shown = open();
  shown.terminal.stdin.emit("end");
  await shown.finished;
  expect(shown.terminal.raw).toBe(false);
});

test("a view that cannot be drawn ends it with the reason", async () => {
  const shown = open();
  shown.store.set({ transcript: undefined as never });
  await expect(shown.finished).rejects.toThrow();
  expect(shown.terminal.raw).toBe(false);
  expect(shown.terminal.cursorVisible).toBe(true);
});
