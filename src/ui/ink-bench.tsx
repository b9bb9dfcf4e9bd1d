import type { BenchView } from "../bench/live/view.ts";
import { BenchScreen, type BenchScreenProps } from "./BenchScreen.tsx";
import { benchRows } from "./bench-rows.ts";
import { InkRun, type InkRunOptions } from "./ink-run.tsx";
import { textWidth } from "./live-rows.ts";
import { row, textOf, truncateRow } from "./row.ts";
import { sizeOf } from "./size-of.ts";
import { eraseFrame } from "./terminal-sequences.ts";
import type { Theme } from "./theme.ts";

/** The screen of a running bench by Ink. */
export class InkBench {
  readonly #options: InkRunOptions;
  readonly #theme: Theme;
  #run: InkRun;
  #drawn: BenchScreenProps | undefined;

  constructor(options: InkRunOptions, theme: Theme) {
    this.#options = options;
    this.#theme = theme;
    this.#run = new InkRun(options);
  }

  /** Draws a frame. After a resize Ink would go on from where it stood before, so it is started anew. */
  draw(view: BenchView): void {
    const content = { view, size: sizeOf(this.#options.stdout), theme: this.#theme };
    if (this.#drawn !== undefined && !isSameSize(this.#drawn, content)) {
      this.end();
      this.#run = new InkRun(this.#options);
    }
    this.#drawn = content;
    this.#run.show(<BenchScreen {...content} />);
  }

  /** Writes a text into the row below the frame, which the next frame clears. */
  say(text: string): void {
    const { stdout } = this.#options;
    stdout.write(`\r${textOf(truncateRow(row(text), textWidth(sizeOf(stdout))))}`);
  }

  /** Takes the frame away and ends Ink; the cursor is where the next line goes. */
  end(): void {
    this.#run.stop();
    if (this.#drawn === undefined) return;
    const { view, size } = this.#drawn;
    // Of what could not be drawn Ink leaves an empty row.
    const rows = this.#run.failed ? [[]] : benchRows(view, size);
    const { stdout } = this.#options;
    stdout.write(eraseFrame(rows, sizeOf(stdout).columns));
  }
}

function isSameSize({ size: a }: BenchScreenProps, { size: b }: BenchScreenProps): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}
