import type { BenchProgress } from "../bench/progress.ts";
import { duration } from "../ui/number-text.ts";
import type { BenchDisplay } from "./bench-display.ts";
import type { StatusLine } from "./status-line.ts";

/** A bench by lines: where there is no terminal, now and then one. */
export class LineDisplay implements BenchDisplay {
  readonly #status: StatusLine;

  constructor(status: StatusLine) {
    this.#status = status;
  }

  step(text: string): void {
    this.#status.show(text);
  }

  progress(progress: BenchProgress): void {
    // The next run is told at once, and a line that was just drawn would be in its way.
    if (progress.type !== "run-done") this.#status.show(progressText(progress));
  }

  /** Its table comes at the end. */
  report(): void {}

  print(text: string): void {
    this.#status.print(text);
  }

  close(): void {
    this.#status.clear();
  }
}

function progressText(progress: Exclude<BenchProgress, { type: "run-done" }>): string {
  const { done, total, etaMs } = progress;
  const left = etaMs === null ? "" : `, ${duration(etaMs)} left`;
  if (progress.type === "checking") return `checking the distribution: ${done} of ${total}${left}`;
  const { cell, prompt, warmUp } = progress;
  const what = warmUp ? "warm-up" : prompt;
  return `run ${done + 1} of ${total}: ${cell.id}, ${what}${left}`;
}
