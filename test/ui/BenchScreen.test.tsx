import { describe, expect, test, vi } from "vitest";

// What Ink draws with asks once, when it is loaded, whether there are colours.
vi.hoisted(() => {
  process.env.FORCE_COLOR = "1";
});

import { cleanup, render } from "ink-testing-library";
import { afterEach } from "vitest";
import type { BenchView } from "../../src/bench/live/view.ts";
import { BenchScreen } from "../../src/ui/BenchScreen.tsx";
import { themeFor } from "../../src/ui/theme.ts";
import { benchViewWith } from "../support/bench-views.ts";

const esc = "\u001b";

afterEach(() => cleanup());

function frame(view: BenchView, columns: number, env: Record<string, string> = {}): string {
  const size = { columns, rows: 24 };
  const { lastFrame } = render(<BenchScreen view={view} size={size} theme={themeFor(env)} />);
  return lastFrame() ?? "";
}

/** Without styles; a row's trailing blanks are none. */
function text(view: BenchView, columns: number): string {
  const plain = frame(view, columns).replaceAll(new RegExp(`${esc}\\[[\\d;]*m`, "g"), "");
  return `\n${plain.replaceAll(/ +$/gm, "")}`;
}

describe("a running bench", () => {
  test("in 80 columns", () => {
    expect(text(benchViewWith(), 80)).toMatchInlineSnapshot(`
      "
      measuring · run 18 of 48 · 3 min 5 s left · 1 min 20 s so far
      █████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      now  draft length 2, top-k 10 · code-3 · repetition 2

        setting                   runs  tokens/s  speedup             accepted     τ
        plain                        5      80.1                                1.00
        draft length 1               5     104.4  ×1.30 [1.25, 1.36]      71 %  1.71
      › draft length 2, top-k 10     4      61.0  ×0.76 [0.70, 0.82]      55 %  2.10
        draft length 4, top-k 10     1      79.0  ×0.99                   50 %  3.00
        draft length 8, top-k 10     0
      q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once"
    `);
  });

  test("in 60 columns", () => {
    expect(text(benchViewWith(), 60)).toMatchInlineSnapshot(`
      "
      measuring · run 18 of 48 · 3 min 5 s left
      █████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      now  draft length 2, top-k 10 · code-3 · repetition 2

        setting                   runs  tokens/s  speedup
        plain                        5      80.1
        draft length 1               5     104.4  ×1.30
      › draft length 2, top-k 10     4      61.0  ×0.76
        draft length 4, top-k 10     1      79.0  ×0.99
        draft length 8, top-k 10     0
      q or Ctrl-C stops after this run, results stay · …"
    `);
  });

  test("in 30 columns", () => {
    expect(text(benchViewWith(), 30)).toMatchInlineSnapshot(`
      "
      measuring · run 18 of 48
      ██████████░░░░░░░░░░░░░░░░░░░
      now  draft length 2, top-k 10

        setting            tokens/s
        plain                  80.1
        draft length 1        104.4
      › draft length 2, …      61.0
        draft length 4, …      79.0
        draft length 8, …
      q or Ctrl-C stops after this…"
    `);
  });

  test("before anything is counted", () => {
    const nothing = { counts: undefined, leftMs: undefined, run: undefined, rows: [] };
    const view = benchViewWith({ activity: "timing batches", elapsedMs: 400, ...nothing });
    expect(text(view, 80)).toMatchInlineSnapshot(`
      "
      timing batches · 0 s so far
      q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once"
    `);
  });

  test("while it warms up", () => {
    const run = { setting: "plain", prompt: "code-1", repetition: undefined };
    const view = benchViewWith({ activity: "warming up", run, rows: [] });
    expect(text(view, 80)).toMatchInlineSnapshot(`
      "
      warming up · run 18 of 48 · 3 min 5 s left · 1 min 20 s so far
      █████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
      now  plain · code-1
      q or Ctrl-C stops after this run, results stay · Ctrl-C twice ends at once"
    `);
  });
});

describe("a speedup's style", () => {
  const speedups = (env: Record<string, string>): string[] =>
    frame(benchViewWith(), 80, env)
      .replaceAll(esc, "␛")
      .split("\n")
      .flatMap((row) => /(?:␛\[\d+m)*×.*?\](?:␛\[\d+m)*/.exec(row)?.[0] ?? []);

  test("in colour", () => {
    expect(speedups({})).toMatchInlineSnapshot(`
      [
        "␛[32m×1.30 [1.25, 1.36]␛[39m",
        "␛[31m×0.76 [0.70, 0.82]␛[39m",
      ]
    `);
  });

  test("without colour", () => {
    expect(speedups({ NO_COLOR: "1" })).toMatchInlineSnapshot(`
      [
        "×1.30 [1.25, 1.36]",
        "␛[1m×0.76 [0.70, 0.82]␛[22m",
      ]
    `);
    // No colour at all: neither of the sixteen nor of more.
    expect(frame(benchViewWith(), 80, { NO_COLOR: "1" })).not.toMatch(/\[(?:3[0-8]|9\d|4[0-8])/);
  });
});
