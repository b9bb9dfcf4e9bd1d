import { type Instance, render } from "ink";
import type { ReactElement } from "react";
import { Ending } from "./Ending.tsx";
import { FrameStream } from "./frame-stream.ts";

/** Where and how a screen is drawn. */
export interface InkRunOptions {
  readonly stdin: NodeJS.ReadStream;
  /** The terminal that is drawn on. */
  readonly stdout: NodeJS.WriteStream;
  /** Ink has ended on its own: a signal came, or a component threw `error`; `stop` is due. */
  onEnd(error?: unknown): void;
}

/** One run of Ink on a terminal, from its first frame to its end. */
export class InkRun {
  readonly #options: InkRunOptions;
  readonly #stream: FrameStream;
  #instance: Instance | undefined;
  #failed = false;

  constructor(options: InkRunOptions) {
    this.#options = options;
    this.#stream = new FrameStream(options.stdout);
  }

  /** Whether a component threw. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Draws a frame; it has reached the terminal when this returns, if a millisecond after the last. */
  show(content: ReactElement): void {
    const stream = this.#stream;
    const { onEnd } = this.#options;
    const onError = (error: unknown): void => {
      this.#failed = true;
      onEnd(error);
    };
    const screen = (
      <Ending onError={onError} onUnmount={() => stream.silent || onEnd()}>
        {content}
      </Ending>
    );
    if (this.#instance === undefined) this.#instance = this.#start(screen);
    else this.#instance.rerender(screen);
    stream.flush();
  }

  /** Ends Ink and leaves on the terminal what stands there. */
  stop(): void {
    this.#stream.flush();
    this.#stream.silence();
    this.#instance?.unmount();
    this.#instance = undefined;
  }

  #start(screen: ReactElement): Instance {
    // Ink asks for no more of a terminal than a `FrameStream` has.
    const stdout = this.#stream as unknown as NodeJS.WriteStream;
    return render(screen, {
      stdin: this.#options.stdin,
      stdout,
      stderr: stdout,
      exitOnCtrlC: false,
      // Ink 6.8 has a way of writing only the rows that differ. It goes up one row too few, since it
      // forgets the newline at a frame's end.
      incrementalRendering: false,
      // Whoever shows a frame has the say when; this is no limit.
      maxFps: 1000,
    });
  }
}
