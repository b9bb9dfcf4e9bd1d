import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatView } from "../../src/chat/view.ts";
import { liveRows } from "../../src/ui/live-rows.ts";
import { rowWidth, textOf } from "../../src/ui/row.ts";
import { themeFor } from "../../src/ui/theme.ts";
import {
  activities,
  draft,
  editorWith,
  emptyEditor,
  sampleCompletions,
  sampleDetails,
  sampleSpans,
  sampleStatus,
  target,
  viewWith,
} from "../support/chat-views.ts";

const theme = themeFor({});

function screen(view: ChatView, columns: number, rows: number): string {
  return `\n${liveRows(view, { columns, rows }, theme).map(textOf).join("\n")}`;
}

const paragraph = Array.from({ length: 120 }, (_, i) =>
  i % 3 ? draft(` word ${i}`) : target(" of"),
);
const manyLines = Array.from({ length: 300 }, (_, i) => `line ${i} of a long message`).join("\n");

describe("40 by 10", () => {
  test.each(activities.map((activity) => [activity.type, activity] as const))(
    "%s",
    (_, activity) => {
      const view = viewWith({
        activity,
        status: sampleStatus,
        live: { spans: paragraph, startsLine: true },
      });
      expect(screen(view, 40, 10)).toMatchSnapshot();
    },
  );

  test("a long message, an answer and the details at once", () => {
    const view = viewWith({
      activity: { type: "answering" },
      live: { spans: paragraph, startsLine: true },
      editor: editorWith(manyLines, 2000),
      status: sampleStatus,
      details: sampleDetails,
    });
    expect(screen(view, 40, 10)).toMatchSnapshot();
  });

  test("completions", () => {
    const editor = { ...editorWith("/c"), completions: sampleCompletions, chosen: 2 };
    expect(screen(viewWith({ editor, status: sampleStatus }), 40, 10)).toMatchSnapshot();
  });
});

describe("any size", () => {
  const editor = fc.oneof(
    fc.constant(emptyEditor),
    fc
      .tuple(
        fc.array(fc.constantFrom("word ", "日本", "\n", "é", "👨‍👩‍👧", "x".repeat(30))),
        fc.nat(),
      )
      .map(([parts, at]) => {
        const offsets = parts.map((_, i) => parts.slice(0, i).join("").length);
        return editorWith(parts.join(""), offsets[at % Math.max(1, parts.length)] ?? 0);
      }),
    fc.nat(manyLines.length).map((cursor) => editorWith(manyLines, cursor)),
  );
  const view = fc
    .record({
      activity: fc.constantFrom(...activities),
      live: fc.constantFrom(
        { spans: [], startsLine: true },
        { spans: paragraph, startsLine: false },
        { spans: sampleSpans, startsLine: true },
      ),
      provenance: fc.constantFrom("off" as const, "subtle" as const, "full" as const),
      editor,
      completions: fc.constantFrom([], sampleCompletions),
      details: fc.constantFrom(undefined, sampleDetails),
      lossy: fc.boolean(),
    })
    .map(({ completions, lossy, ...rest }) =>
      viewWith({
        ...rest,
        editor: { ...rest.editor, completions, chosen: completions.length - 1 },
        status: { ...sampleStatus, lossy },
      }),
    );
  const size = fc.record({
    columns: fc.integer({ min: 4, max: 130 }),
    rows: fc.integer({ min: 2, max: 50 }),
  });

  test("the live part is lower than the terminal and narrower, and the cursor is in it", () => {
    fc.assert(
      fc.property(view, size, (shown, terminal) => {
        const rows = liveRows(shown, terminal, theme);
        expect(rows.length).toBeLessThan(terminal.rows);
        for (const row of rows) expect(rowWidth(row)).toBeLessThan(terminal.columns);
        const cursors = rows.flat().filter(({ style }) => style === "cursor");
        expect(cursors).toHaveLength(1);
      }),
    );
  });

  test("that a rule is lossy is shown where there are three rows", () => {
    fc.assert(
      fc.property(view, size, (shown, { columns, rows }) => {
        const lossy = { ...shown, status: { ...shown.status, lossy: true } };
        const terminal = { columns: Math.max(8, columns), rows: Math.max(4, rows) };
        const text = liveRows(lossy, terminal, theme).map(textOf).join("\n");
        expect(text).toMatch(/^lossy/m);
      }),
    );
  });
});

describe("the editor", () => {
  const cursorIn = (view: ChatView, columns: number): string =>
    liveRows(view, { columns, rows: 24 }, theme)
      .map((row) =>
        row.map(({ text, style }) => (style === "cursor" ? `<${text}>` : text)).join(""),
      )
      .join("\n");

  test.each<[string, number, string]>([
    ["", 0, "› <A>sk something"],
    ["hello", 5, "› hello< >"],
    ["hello", 0, "› <h>ello"],
    ["日本語", 1, "› 日<本>語"],
    ["👨‍👩‍👧x", 8, "› 👨‍👩‍👧<x>"],
    ["one\n\nthree", 4, "› one\n  < >\n  three"],
    ["one\ntwo", 3, "› one< >\n  two"],
  ])("%j with the cursor at %i", (text, cursor, expected) => {
    expect(cursorIn(viewWith({ editor: { ...editorWith(text, cursor) } }), 40)).toContain(expected);
  });

  test("wraps, and the cursor at a row's end stands at the begin of the next", () => {
    const editor = editorWith("aaaa bbbb cccc dddd", 10);
    expect(cursorIn(viewWith({ editor }), 14)).toContain("› aaaa bbbb \n  <c>ccc dddd");
  });

  test("leaves half of the screen to the answer", () => {
    const view = viewWith({
      activity: { type: "answering" },
      live: { spans: paragraph, startsLine: true },
      editor: editorWith(manyLines),
    });
    const rows = screen(view, 80, 24).split("\n");
    expect(rows.filter((row) => row.includes("of a long message"))).toHaveLength(10);
    expect(rows).toContain("… 290 more lines");
  });
});
