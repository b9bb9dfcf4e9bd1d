import { PassThrough, Writable } from "node:stream";
import xterm from "@xterm/headless";

const { Terminal } = xterm;

/** A terminal emulator as a program's two streams, within the process. */
export class FakeTerminal {
  readonly #terminal: InstanceType<typeof Terminal>;
  /** Everything that was written. */
  output = "";
  /** How often something was written. */
  writes = 0;
  raw = false;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;

  constructor(columns: number, rows: number) {
    this.#terminal = new Terminal({
      cols: columns,
      rows,
      scrollback: 1000,
      convertEol: true,
      allowProposedApi: true,
    });
    const setRawMode = (raw: boolean): void => {
      this.raw = raw;
    };
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
    const write = (chunk: unknown, _encoding: unknown, done: () => void): void => {
      this.output += String(chunk);
      this.writes++;
      this.#terminal.write(String(chunk));
      done();
    };
    const stdout = Object.assign(new Writable({ write, decodeStrings: false }), {
      isTTY: true,
      columns,
      rows,
    });
    this.stdin = stdin as unknown as NodeJS.ReadStream;
    this.stdout = stdout as unknown as NodeJS.WriteStream;
  }

  type(keys: string): void {
    (this.stdin as unknown as PassThrough).write(keys);
  }

  /** What a shell or another program writes. */
  async write(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write(text, resolve));
  }

  /** Resizes the emulator, which wraps its rows anew, and then tells the program. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.settled();
    this.#terminal.resize(columns, rows);
    Object.assign(this.stdout, { columns, rows });
    this.stdout.emit("resize");
    await this.settled();
  }

  /** Everything that was written is on the screen. */
  async settled(): Promise<void> {
    await this.write("");
  }

  /** All rows from the scrollback's first to the last one with text. */
  async lines(): Promise<string[]> {
    await this.settled();
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, i) =>
      (active.getLine(i)?.translateToString(true) ?? "").trimEnd(),
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }

  /** The cursor's row, counted from the scrollback's first. */
  get cursorRow(): number {
    return this.#terminal.buffer.active.baseY + this.#terminal.buffer.active.cursorY;
  }

  get cursorColumn(): number {
    return this.#terminal.buffer.active.cursorX;
  }

  /** True unless the last word on the cursor was to hide it. */
  get cursorVisible(): boolean {
    return this.output.lastIndexOf("\u001b[?25l") <= this.output.lastIndexOf("\u001b[?25h");
  }

  /** True while pastes come between marks. */
  get bracketedPaste(): boolean {
    return this.output.lastIndexOf("\u001b[?2004h") > this.output.lastIndexOf("\u001b[?2004l");
  }
}
