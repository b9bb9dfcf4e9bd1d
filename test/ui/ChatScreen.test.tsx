import { describe, expect, test, vi } from "vitest";

// What Ink draws with asks once, when it is loaded, whether there are colours.
vi.hoisted(() => {
  process.env.FORCE_COLOR = "1";
});

import { cleanup, render } from "ink-testing-library";
import { afterEach } from "vitest";
import type { ChatView } from "../../src/chat/view.ts";
import { ChatScreen } from "../../src/ui/ChatScreen.tsx";
import { themeFor } from "../../src/ui/theme.ts";
import {
  corrected,
  draft,
  sampleComparison,
  sampleDetails,
  sampleSpans,
  sampleStatus,
  target,
  viewWith,
} from "../support/chat-views.ts";

const esc = "\u001b";

afterEach(() => cleanup());

function frame(view: ChatView, columns: number, env: Record<string, string> = {}): string {
  const size = { columns, rows: 24 };
  const { lastFrame } = render(<ChatScreen view={view} size={size} theme={themeFor(env)} />);
  return lastFrame() ?? "";
}

/** Without styles; a row's trailing blanks are none. */
function text(view: ChatView, columns: number): string {
  return `\n${withoutStyles(frame(view, columns)).replaceAll(/ +$/gm, "")}`;
}

function withoutStyles(drawn: string): string {
  return drawn.replaceAll(new RegExp(`${esc}\\[[\\d;]*m`, "g"), "");
}

const conversation = viewWith({
  transcript: [
    { id: 1, type: "banner", lines: ["specdec 0.1.0", "qwen 1.5B with qwen 0.5B, draft length 4"] },
    { id: 2, type: "question", text: "What is speculative decoding?\nIn two lines." },
    {
      id: 3,
      type: "answer",
      provenance: "full",
      startsLine: true,
      spans: [...sampleSpans, target("\n")],
    },
    { id: 4, type: "answer", provenance: "full", startsLine: true, spans: [target("\n")] },
    { id: 5, type: "answer", provenance: "full", startsLine: true, spans: [draft("The end.")] },
    { id: 6, type: "figures", text: "42 tokens, finished; 31.2 tokens/s; acceptance 78 %" },
    { id: 7, type: "note", level: "info", text: "draft length is 4 from now on" },
    {
      id: 8,
      type: "note",
      level: "warning",
      text: "the context is nearly full",
      hint: "/clear begins anew",
    },
    {
      id: 9,
      type: "note",
      level: "error",
      text: "there is no command /foo",
      hint: "did you mean /for?",
    },
    {
      id: 10,
      type: "list",
      title: "Commands",
      rows: [
        ["/help", "this list"],
        ["/quit", "leave"],
      ],
    },
    { id: 11, type: "comparison", comparison: sampleComparison },
  ],
  live: { spans: [target("And"), draft(" so"), ...corrected(" on", " forth")], startsLine: true },
  activity: { type: "answering" },
  provenance: "full",
  status: sampleStatus,
});

describe("a conversation", () => {
  test("in 80 columns", () => {
    expect(text(conversation, 80)).toMatchInlineSnapshot(`
      "
      specdec 0.1.0
      qwen 1.5B with qwen 0.5B, draft length 4

      › What is speculative decoding?
        In two lines.
      A small model guesses the next word tokens, and the large one checks them.

      The end.
      42 tokens, finished; 31.2 tokens/s; acceptance 78 %
      · draft length is 4 from now on
      warning: the context is nearly full
      hint: /clear begins anew
      error: there is no command /foo
      hint: did you mean /for?

      Commands
        /help  this list
        /quit  leave

      plain · 31.2 tok/s                     │ draft 4 · 41.8 tok/s
      The same text, word by word.           │ The same text, word for by word.
      ×1.34 of plain · Both texts are equal.
      And so on forth

      › Ask something, or /help
      42.1 tok/s · ×1.34 of plain · accepted 78 % · draft 4 · █▅▁▃▇██▁ · 512/4096
      Enter sends · Ctrl-O provenance · Ctrl-T details · Ctrl-C quits"
    `);
  });

  test("in 40 columns", () => {
    expect(text(conversation, 40)).toMatchInlineSnapshot(`
      "
      specdec 0.1.0
      qwen 1.5B with qwen 0.5B, draft length
      4

      › What is speculative decoding?
        In two lines.
      A small model guesses the next word
      tokens, and the large one checks them.

      The end.
      42 tokens, finished; 31.2 tokens/s;
      acceptance 78 %
      · draft length is 4 from now on
      warning: the context is nearly full
      hint: /clear begins anew
      error: there is no command /foo
      hint: did you mean /for?

      Commands
        /help  this list
        /quit  leave

      plain · 31.2 tok/s
      The same text, word by word.
      draft 4 · 41.8 tok/s
      The same text, word for by word.
      ×1.34 of plain · Both texts are equal.
      And so on forth

      › Ask something, or /help
      42.1 tok/s · ×1.34 of plain · draft 4
      Enter sends · Ctrl-O provenance · …"
    `);
  });

  test("with the details", () => {
    expect(
      text(viewWith({ details: sampleDetails, status: sampleStatus }), 80),
    ).toMatchInlineSnapshot(`
      "

      › Ask something, or /help
      42.1 tok/s · ×1.34 of plain · accepted 78 % · draft 4 · █▅▁▃▇██▁ · 512/4096
      312 tokens in 120 passes · prompt 512 tokens (480 reused) in 0.31 s
      time  ▒▒▒▒▒▒█████████████████████░  ▒ draft 22 %  █ verify 74 %  ░ overhead 5 %
      at 1  ████████████████████████████░░   92 %  110 of 120 accepted
      at 2  ███████████████████████░░░░░░░   76 %   84 of 110 accepted
      at 3  ██████████████████░░░░░░░░░░░░   60 %   50 of  84 accepted
      at 4  █████████████░░░░░░░░░░░░░░░░░   42 %   21 of  50 accepted
      text  drafted  target's own
      Enter sends · Ctrl-O provenance · Ctrl-T details · Ctrl-C quits"
    `);
  });
});

describe("an answer's styles", () => {
  const answer = viewWith({
    transcript: [
      {
        id: 1,
        type: "answer",
        provenance: "full",
        startsLine: true,
        spans: sampleSpans.slice(0, 8),
      },
    ],
  });
  const firstRow = (env: Record<string, string>): string =>
    (frame(answer, 80, env).split("\n")[0] ?? "").replaceAll(esc, "␛");

  test("in colour", () => {
    expect(firstRow({})).toMatchInlineSnapshot(
      `"A␛[1m␛[36m small model␛[22m guesses␛[39m the␛[36m␛[2m next␛[22m␛[9m␛[31m word␛[29m␛[4m␛[33m tokens␛[39m␛[24m"`,
    );
  });

  test("without colour", () => {
    const row = firstRow({ NO_COLOR: "1" });
    expect(row).toMatchInlineSnapshot(
      `"A␛[4m␛[1m small model␛[22m guesses␛[24m the␛[4m␛[2m next␛[24m␛[9m[ word]␛[22m␛[29m␛[1m tokens␛[22m"`,
    );
    // No colour at all: neither of the sixteen nor of more.
    expect(row).not.toMatch(/\[(?:3[0-8]|9\d|4[0-8])/);
  });
});

test("an empty line of an answer is drawn though it comes alone", () => {
  const lines = ["one\n", "\n", "two\n"];
  const view = (count: number): ChatView =>
    viewWith({
      transcript: lines.slice(0, count).map((line, id) => ({
        id,
        type: "answer" as const,
        provenance: "off" as const,
        startsLine: true,
        spans: [target(line)],
      })),
    });
  const size = { columns: 40, rows: 24 };
  const theme = themeFor({});
  const { rerender, lastFrame } = render(<ChatScreen view={view(0)} size={size} theme={theme} />);
  for (const count of [1, 2, 3]) {
    rerender(<ChatScreen view={view(count)} size={size} theme={theme} />);
  }
  expect(withoutStyles(lastFrame() ?? "")).toMatch(/^one\n ?\ntwo\n/);
});
