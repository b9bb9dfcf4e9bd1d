import { fstatSync } from "node:fs";
import type { BenchProgress } from "../bench/progress.ts";
import type { BenchReport, Cell } from "../bench/report.ts";
import { labelOf, varyingIn } from "../reports/labels.ts";
import { inForeground } from "./foreground.ts";
import type { Interruption } from "./interruption.ts";
import { LineDisplay } from "./line-display.ts";
import { LiveDisplay } from "./live-display.ts";
import { canDrawOver, type StatusLine } from "./status-line.ts";

/** What shows on stderr how far a bench, or a tuning, is. */
export interface BenchDisplay {
  /** Something begins that is not a run. */
  step(text: string): void;
  progress(progress: BenchProgress): void;
  /** The report so far. */
  report(report: BenchReport): void;
  /** Prints a line that stays, as soon as there is room for it. */
  print(text: string): void;
  /** Takes away what is not to stay. */
  close(): void;
}

/** What a display is opened with. */
export interface DisplayOptions {
  /** For lines. */
  readonly status: StatusLine;
  /** What keys ask to end. */
  readonly interruption: Interruption;
  /** Whether there are results after a stop. */
  readonly keepsResults: boolean;
  /** All that may run: what they differ in names them. */
  readonly cells: readonly Cell[];
  /** Those that are shown from the begin on; all where left out. */
  readonly rows?: readonly Cell[];
}

/**
 * Opens the live view on a terminal, else lines. Loading what draws it takes most of a second: it is
 * not to be opened where something is measured.
 */
export async function openDisplay(options: DisplayOptions): Promise<BenchDisplay> {
  const { status, interruption, keepsResults, cells, rows = cells } = options;
  const { stdin, stderr } = process;
  // A job in the background that takes keys is stopped by the system.
  if (!canDrawOver(stderr) || !inForeground()) return new LineDisplay(status);
  const { showBench } = await import("../ui/show-bench.ts");
  const varying = varyingIn({ cells });
  return new LiveDisplay(
    (listener) => showBench({ stdin, terminal: stderr, readsKeys: keysAreFree(), ...listener }),
    {
      status,
      interruption,
      keepsResults,
      rows,
      nameOf: (cell) => labelOf(cell, varying),
      keys: keysAreFree() ? "q or Ctrl-C" : "Ctrl-C",
    },
  );
}

/** What reads stdout through a pipe may be a pager, which wants the keys for itself. */
function keysAreFree(): boolean {
  return process.stdin.isTTY && !fstatSync(process.stdout.fd).isFIFO();
}
