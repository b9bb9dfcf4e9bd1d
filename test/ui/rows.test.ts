import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Span } from "../../src/chat/view.ts";
import { acceptanceStrip } from "../../src/ui/acceptance-strip.ts";
import { answerRows } from "../../src/ui/answer-rows.ts";
import { bar, stackedColumns } from "../../src/ui/bar.ts";
import { comparisonRows } from "../../src/ui/comparison-rows.ts";
import { detailsRows } from "../../src/ui/details-rows.ts";
import { listRows } from "../../src/ui/list-rows.ts";
import { loadRows } from "../../src/ui/load-rows.ts";
import {
  padRow,
  type Row,
  row,
  rowWidth,
  segment,
  textOf,
  truncateRow,
  wrapSegments,
} from "../../src/ui/row.ts";
import { spanSegments } from "../../src/ui/span-style.ts";
import { statusRow } from "../../src/ui/status-row.ts";
import { themeFor } from "../../src/ui/theme.ts";
import {
  activities,
  corrected,
  draft,
  emptyStatus,
  sampleComparison,
  sampleDetails,
  sampleSpans,
  sampleStatus,
  target,
} from "../support/chat-views.ts";

const theme = themeFor({});
const texts = (rows: readonly Row[]): string[] => rows.map(textOf);

/** Rows with their styles: `draft(text)`; plain text as it is. */
function styled(segments: Row): string {
  return segments
    .map(({ text, style }) => (style === "plain" ? text : `${style}(${text})`))
    .join("");
}

describe("rows", () => {
  test("are cut with an ellipsis, wide characters whole", () => {
    expect(textOf(truncateRow(row("abcdef"), 6))).toBe("abcdef");
    expect(textOf(truncateRow(row("abcdef"), 5))).toBe("abcd…");
    expect(textOf(truncateRow(row("日本語"), 5))).toBe("日本…");
    expect(textOf(truncateRow(row("日本語"), 4))).toBe("日…");
    expect(textOf(truncateRow(row("ab"), 1))).toBe("…");
    expect(textOf(truncateRow(row("ab"), 0))).toBe("");
    expect(styled(truncateRow([segment("ab", "draft"), segment("cd")], 3))).toBe("draft(ab)dim(…)");
  });

  test("are filled up", () => {
    expect(textOf(padRow(row("日本"), 6))).toBe("日本  ");
    expect(textOf(padRow(row("日本語"), 4))).toBe("日… ");
  });

  test("keep their styles when they wrap", () => {
    const segments = [segment("one tw", "draft"), segment("o "), segment("three", "correction")];
    expect(wrapSegments(segments, 7).map(styled)).toEqual(["draft(one tw)o", "correction(three)"]);
    expect(wrapSegments([segment("a\n\nb", "draft")], 7).map(styled)).toEqual([
      "draft(a)",
      "",
      "draft(b)",
    ]);
  });

  test("hold all text, however it is styled", () => {
    const piece = fc.tuple(fc.string(), fc.constantFrom("plain" as const, "draft" as const));
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 2, max: 20 }), (pieces, width) => {
        const segments = pieces.map(([text, style]) => segment(text, style));
        const flat = texts(wrapSegments(segments, width)).join("");
        expect(flat.replaceAll(" ", "")).toBe(textOf(segments).replaceAll(/[ \n]/g, ""));
      }),
    );
  });
});

describe("where tokens came from", () => {
  test("off: plain text", () => {
    expect(styled(spanSegments(sampleSpans, "off", theme))).toMatchInlineSnapshot(
      `"A small model guesses the next tokens, and the large one checks them."`,
    );
  });
  test("subtle: drafted tokens stand out", () => {
    expect(styled(spanSegments(sampleSpans, "subtle", theme))).toMatchInlineSnapshot(
      `"Adraft( small model guesses) thedraft( next) tokensdraft(, and the) large one checks them."`,
    );
  });
  test("full: how sure the drafter was, what was rejected and what came instead", () => {
    expect(styled(spanSegments(sampleSpans, "full", theme))).toMatchInlineSnapshot(
      `"Adraft-sure( small model)draft-likely( guesses) thedraft-unsure( next)rejected( word)correction( tokens)lookup(,)lookup-likely( and the) large one checks them."`,
    );
  });
  const byHeads: readonly Span[] = [
    { text: " one", kind: "draft", drafter: "heads", head: 1, q: 0.95 },
    { text: "₁", kind: "head" },
    { text: " two", kind: "draft", drafter: "heads", head: 2, q: 0.7 },
    { text: "₂", kind: "head" },
    { text: " tree", kind: "rejected", drafter: "heads", head: 3, q: 0.3 },
    { text: "₃", kind: "head" },
    { text: " three", kind: "correction" },
  ];
  test("full: which head drafted a token", () => {
    expect(styled(spanSegments(byHeads, "full", theme))).toMatchInlineSnapshot(
      `"draft-sure( one)dim(₁)draft-likely( two)dim(₂)rejected( tree)dim(₃)correction( three)"`,
    );
    expect(textOf(spanSegments(byHeads, "full", themeFor({ NO_COLOR: "1" })))).toBe(
      " one₁ two₂[ tree]₃ three",
    );
  });
  test.each(["subtle", "off"] as const)("%s: no numbers of heads", (mode) => {
    expect(textOf(spanSegments(byHeads, mode, theme))).toBe(" one two three");
  });
  test("full without colour: rejected tokens in brackets", () => {
    const colourless = themeFor({ NO_COLOR: "1" });
    expect(textOf(spanSegments(corrected(" a\n", " b"), "full", colourless))).toBe("[ a⏎] b");
    expect(colourless.styles.draft).toEqual({ underline: true });
  });
  test("an empty NO_COLOR is none, and a dumb terminal has no colours", () => {
    expect(themeFor({ NO_COLOR: "" })).toBe(theme);
    expect(themeFor({ TERM: "dumb" })).toBe(themeFor({ NO_COLOR: "1" }));
  });
});

describe("parts of an answer", () => {
  const rowsOf = (spans: Parameters<typeof answerRows>[0]["spans"], startsLine = true): string[] =>
    texts(answerRows({ spans, provenance: "subtle", startsLine }, 20, theme));

  test("a newline at the end makes no empty row", () => {
    expect(rowsOf([target("one\n"), draft("two\n")])).toEqual(["one", "two"]);
    expect(rowsOf([target("one")])).toEqual(["one"]);
  });
  test("an empty line is one", () => {
    expect(rowsOf([target("\n")])).toEqual([""]);
    expect(rowsOf([target("one\n\n")])).toEqual(["one", ""]);
  });
  test("the rest of a line that stands above already", () => {
    expect(rowsOf([target("\n")], false)).toEqual([]);
    expect(rowsOf([target("\ntwo\n")], false)).toEqual(["two"]);
    expect(rowsOf([target("rest\n")], false)).toEqual(["rest"]);
    expect(rowsOf([], false)).toEqual([]);
  });
});

describe("the strip of passes", () => {
  test("is as high as what was accepted", () => {
    const passes = [0, 1, 2, 3, 4].map((accepted) => ({ accepted, drafted: 4 }));
    expect(acceptanceStrip(passes, 10)).toBe("▁▃▅▇█");
    expect(acceptanceStrip(passes, 2)).toBe("▇█");
    expect(acceptanceStrip([{ accepted: 0, drafted: 0 }], 2)).toBe("·");
    expect(
      acceptanceStrip(
        [
          { accepted: 1, drafted: 1 },
          { accepted: 1, drafted: 16 },
        ],
        2,
      ),
    ).toBe("▂▂");
    expect(acceptanceStrip([], 5)).toBe("");
  });
});

describe("the status line", () => {
  test("drops the least useful as it gets narrower", () => {
    const lines = [110, 80, 70, 60, 50, 40, 30, 20, 10].map((width) =>
      textOf(statusRow(sampleStatus, width)),
    );
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "42.1 tok/s · ×1.34 of plain (at load) · accepted 78 % · τ 2.6 · draft 4 · █▅▁▃▇██▁ · 512/4096
      42.1 tok/s · ×1.34 of plain · accepted 78 % · draft 4 · █▅▁▃▇██▁ · 512/4096
      42.1 tok/s · ×1.34 of plain · accepted 78 % · draft 4 · 512/4096
      42.1 tok/s · ×1.34 of plain · accepted 78 % · draft 4
      42.1 tok/s · ×1.34 of plain · draft 4
      42.1 tok/s · ×1.34 of plain · draft 4
      42.1 tok/s · ×1.34 of plain
      42.1 tok/s
      42.1 tok/s"
    `);
  });
  test("leaves out what is not known", () => {
    expect(textOf(statusRow(emptyStatus, 80))).toBe("draft 4 · 0/4096");
    expect(textOf(statusRow({ ...emptyStatus, drafting: "", contextSize: 0 }, 80))).toBe("");
  });
  test("always says that a rule is lossy", () => {
    for (let width = 8; width < 120; width++) {
      expect(textOf(statusRow({ ...sampleStatus, lossy: true }, width))).toMatch(/^lossy/);
    }
  });
  test("is never too wide", () => {
    for (let width = 1; width < 120; width++) {
      expect(rowWidth(statusRow(sampleStatus, width))).toBeLessThanOrEqual(width);
    }
  });
});

describe("bars", () => {
  test("are filled by a fraction, whatever it is", () => {
    expect(textOf(bar(0.5, 4))).toBe("██░░");
    expect(textOf(bar(Number.NaN, 4))).toBe("░░░░");
    expect(textOf(bar(7, 4))).toBe("████");
    expect(textOf(bar(-1, 4))).toBe("░░░░");
  });
  test("stacked ones add up, and what is not nothing is seen", () => {
    const values = fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(values, fc.integer({ min: 3, max: 60 }), (parts, width) => {
        const columns = stackedColumns(parts, width);
        const total = parts.reduce((sum, part) => sum + part, 0);
        expect(columns.reduce((sum, each) => sum + each, 0)).toBe(total === 0 ? 0 : width);
        for (const [i, part] of parts.entries()) expect((columns[i] ?? 0) > 0).toBe(part > 0);
      }),
    );
  });
});

describe("panels", () => {
  test.each([79, 39])("details in %i columns", (width) => {
    const rows = detailsRows(sampleDetails, { width, provenance: "full", theme });
    expect(`\n${texts(rows).join("\n")}`).toMatchSnapshot();
  });

  test("details say what the numbers of heads mean, where there are any", () => {
    const legend = (byHeads: boolean) =>
      textOf(
        detailsRows({ ...sampleDetails, byHeads }, { width: 100, provenance: "full", theme }).at(
          -1,
        ) ?? [],
      );
    expect(legend(true)).toMatchInlineSnapshot(
      `"text  sure draft  likely  unsure  looked up  target's own  correction  rejected  ₂ by head 2"`,
    );
    expect(legend(false)).not.toContain("head");
  });

  test("details of nothing yet", () => {
    const nothing = {
      ...sampleDetails,
      positions: [],
      draftMs: 0,
      verifyMs: 0,
      overheadMs: 0,
      prefillMs: Number.NaN,
    };
    expect(texts(detailsRows(nothing, { width: 79, provenance: "off", theme }))).toEqual([
      "312 tokens in 120 passes · prompt 512 tokens (480 reused)",
    ]);
  });

  test("of many positions the first are shown", () => {
    const positions = Array.from({ length: 16 }, (_, i) => ({ drafted: 100 - i, accepted: 50 }));
    const rows = detailsRows(
      { ...sampleDetails, positions },
      { width: 79, provenance: "off", theme },
    );
    expect(texts(rows).at(-1)).toBe("… 8 more positions");
  });

  test.each([79, 39, 20])("loads in %i columns", (width) => {
    const loading = activities[0];
    const rows = loading?.type === "loading" ? loadRows(loading.loads, width) : [];
    expect(`\n${texts(rows).join("\n")}`).toMatchSnapshot();
  });

  test.each([79, 39])("a list in %i columns", (width) => {
    const rows = listRows(
      "Commands",
      [
        ["/help", "this list"],
        ["/compare", "answer the next question plainly and speculatively, one after the other"],
        ["/a-command-with-a-very-long-name-indeed", "and what it does"],
      ],
      width,
    );
    expect(`\n${texts(rows).join("\n")}`).toMatchSnapshot();
  });

  test.each([79, 39])("a comparison in %i columns", (width) => {
    const rows = comparisonRows(sampleComparison, { width, theme, provenance: "full" });
    expect(`\n${texts(rows).join("\n")}`).toMatchSnapshot();
  });

  test("a comparison has the rows that it may have", () => {
    const long = { ...sampleComparison.plain, spans: [target("word ".repeat(400))] };
    const comparison = { ...sampleComparison, plain: long, speculative: long };
    for (const width of [39, 79]) {
      for (let height = 0; height < 20; height++) {
        for (const side of ["plain", "speculative"] as const) {
          const look = { width, theme, provenance: "off" as const, height, side };
          expect(comparisonRows(comparison, look).length).toBeLessThanOrEqual(height);
        }
      }
    }
  });
});
