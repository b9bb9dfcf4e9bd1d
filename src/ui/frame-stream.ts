import { Writable } from "node:stream";

/**
 * What Ink takes for the terminal. All that it writes for one frame reaches the terminal in one
 * piece, and what it must not write can be held back: on its own it would clear the scrollback where
 * a frame is as tall as the terminal, and move the cursor wrongly where that was resized.
 */
export class FrameStream extends Writable {
  readonly isTTY = true;
  /** No frame is ever as tall: the frames are made to fit by `liveRows`. */
  readonly rows = Number.POSITIVE_INFINITY;
  readonly #terminal: NodeJS.WriteStream;
  #frame = "";
  #silent = false;

  constructor(terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    // Of a terminal that does not know its own Ink would take another's, and break the rows.
    return this.#terminal.columns || 80;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** From now on what is written is dropped. */
  silence(): void {
    this.#silent = true;
  }

  /** Hands what was written since the last time to the terminal. */
  flush(): void {
    if (this.#frame === "") return;
    const frame = this.#frame;
    this.#frame = "";
    this.#terminal.write(frame);
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    if (!this.#silent) {
      if (this.#frame === "") queueMicrotask(() => this.flush());
      this.#frame += String(chunk);
    }
    done();
  }
}
