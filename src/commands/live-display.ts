import { type LiveEvent, type LiveState, reduceLive, startLive } from "../bench/live/state.ts";
import type { BenchView } from "../bench/live/view.ts";
import { viewOf } from "../bench/live/view-of.ts";
import type { BenchProgress } from "../bench/progress.ts";
import type { BenchReport, Cell } from "../bench/report.ts";
import type { Key } from "../chat/key.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import type { BenchDisplay } from "./bench-display.ts";
import type { Interruption } from "./interruption.ts";
import { LineDisplay } from "./line-display.ts";
import type { StatusLine } from "./status-line.ts";

/** What draws the view. */
export interface LiveScreen {
  draw(view: BenchView): void;
  say(text: string): void;
  close(): void;
}

/** Who is told of keys, and of an end that nobody asked for. */
export interface LiveListener {
  onKey(key: Key): void;
  onFailure(error: unknown): void;
}

/** What a live display is made of. */
export interface LiveOptions {
  readonly status: StatusLine;
  readonly interruption: Interruption;
  /** Cells that are shown from the begin on. */
  readonly rows: readonly Cell[];
  nameOf(cell: Cell): string;
  /** Which keys stop the bench, in words. */
  readonly keys: string;
  /** Whether there are results after a stop. */
  readonly keepsResults: boolean;
  /** Milliseconds from any fixed point. */
  readonly clock?: () => number;
}

/** Ink draws what comes sooner after a frame by a timer, which could end within a run. */
const leastGapMs = 2;
/** What is not timed is drawn over now and then: drawing takes time from it. */
const checkingGapMs = 250;

/**
 * A bench as a view of the whole terminal. It is drawn when a run begins, before it is timed, and when
 * something else begins: never within a run, and never by a timer.
 */
export class LiveDisplay implements BenchDisplay {
  readonly #screen: LiveScreen;
  readonly #options: LiveOptions;
  readonly #clock: () => number;
  readonly #hint: string;
  /** What is to be printed when the view is gone. */
  readonly #lines: string[] = [];
  #state: LiveState;
  #drawnAt = Number.NEGATIVE_INFINITY;
  /** What goes on telling where the view has failed. */
  #instead: LineDisplay | undefined;

  constructor(open: (listener: LiveListener) => LiveScreen, options: LiveOptions) {
    const { interruption, rows, clock = () => performance.now() } = options;
    this.#options = options;
    this.#clock = clock;
    this.#hint = hintOf(options);
    this.#state = startLive(rows, clock());
    this.#screen = open({
      onKey: (key) => this.#onKey(key),
      onFailure: (error) => this.#onFailure(error),
    });
    interruption.waitForRun();
    interruption.stop.addEventListener("abort", this.#sayStop);
  }

  step(text: string): void {
    this.#instead?.step(text);
    this.#reduce({ type: "step", text });
    this.#draw(leastGapMs);
  }

  progress(progress: BenchProgress): void {
    this.#instead?.progress(progress);
    this.#reduce(progress);
    if (progress.type === "run-start") this.#draw(leastGapMs);
    if (progress.type === "checking") this.#draw(checkingGapMs);
  }

  report(report: BenchReport): void {
    this.#reduce({ type: "report", report });
  }

  print(text: string): void {
    if (this.#instead === undefined) this.#lines.push(text);
    else this.#instead.print(text);
  }

  close(): void {
    this.#options.interruption.stop.removeEventListener("abort", this.#sayStop);
    this.#screen.close();
    for (const line of this.#lines.splice(0)) this.#options.status.print(line);
    this.#instead?.close();
  }

  #reduce(event: LiveEvent): void {
    this.#state = reduceLive(this.#state, event, this.#clock());
  }

  #draw(gapMs: number): void {
    const now = this.#clock();
    if (now - this.#drawnAt < gapMs) return;
    const { nameOf } = this.#options;
    this.#screen.draw(visibleStrings(viewOf(this.#state, { nameOf, hint: this.#hint })));
    this.#drawnAt = this.#clock();
  }

  #onKey(key: Key): void {
    const { interruption } = this.#options;
    if (key.type === "interrupt") interruption.interrupt();
    if (key.type === "text" && /^q+$/i.test(key.text)) interruption.askToStop();
  }

  /** A frame would have to wait for the end of the run, and a key that does nothing is pressed again. */
  readonly #sayStop = (): void => {
    const what = this.#state.run === undefined ? "stopping" : "stopping after this run";
    const without = this.#options.keepsResults ? ", without the results" : "";
    this.#screen.say(`${what}; Ctrl-C ends at once${without}`);
  };

  #onFailure(error: unknown): void {
    const { status } = this.#options;
    this.#instead = new LineDisplay(status);
    this.print(`note: the live view could not be drawn: ${String(error)}`);
  }
}

function hintOf({ keys, keepsResults }: LiveOptions): string {
  const results = keepsResults ? ", results stay" : "";
  return `${keys} stops after this run${results} · Ctrl-C twice ends at once`;
}
