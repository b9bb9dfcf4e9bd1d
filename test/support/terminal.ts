import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { specdecBin } from "./cli.ts";
import { waitFor } from "./wait-for.ts";

const { Terminal } = xterm;

/** What a terminal is opened with. */
export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Changes to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A shell on a pseudo-terminal whose screen can be read, as a person has it before them. */
export class TestTerminal {
  readonly #terminal: InstanceType<typeof Terminal>;
  readonly #pty: ReturnType<typeof spawn>;
  #output = "";
  #exitCode: number | undefined;

  constructor({ columns = 80, rows = 24, env = {} }: TerminalOptions = {}) {
    this.#terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
    // A shell, for it shows what a program leaves behind: a prompt on a line of its own.
    this.#pty = spawn("sh", ["-i"], {
      name: "xterm-256color",
      cols: columns,
      rows,
      env: withoutUndefined({
        ...process.env,
        CI: undefined,
        NO_COLOR: undefined,
        ENV: undefined,
        PS1: "$ ",
        NODE: process.execPath,
        SPECDEC: specdecBin,
        ...env,
      }),
    });
    this.#pty.onData((data) => {
      this.#output += data;
      this.#terminal.write(data);
    });
    this.#pty.onExit(({ exitCode }) => {
      this.#exitCode = exitCode;
    });
  }

  /** The shell's process id. */
  get pid(): number {
    return this.#pty.pid;
  }

  /** What the emulator holds, with colours. */
  get buffer() {
    return this.#terminal.buffer.active;
  }

  /** Everything that came, control sequences included. */
  get output(): string {
    return this.#output;
  }

  /** True where a colour or another attribute was set. */
  get coloured(): boolean {
    return this.#output.split("\u001b[").some((part, i) => i > 0 && /^[\d;]*m/.test(part));
  }

  /** True while the cursor is shown. */
  get cursorVisible(): boolean {
    return this.#output.lastIndexOf("\u001b[?25l") <= this.#output.lastIndexOf("\u001b[?25h");
  }

  /** The screen's lines without trailing blanks, down to the last one with text. */
  screen(): string[] {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, i) =>
      (active.getLine(i)?.translateToString(true) ?? "").trimEnd(),
    );
    const last = lines.findLastIndex((line) => line !== "");
    return lines.slice(0, last + 1);
  }

  /** Types a command and Enter. `specdec` is the built program. */
  enter(command: string): void {
    this.type(`${command.replace(/^specdec /, '"$NODE" "$SPECDEC" ')}\r`);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
    this.#terminal.resize(columns, rows);
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Waits until the screen, as one text, matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    try {
      return await waitFor(`${pattern}`, () => pattern.exec(this.screen().join("\n")) ?? undefined);
    } catch (cause) {
      throw new Error(`${pattern} never came; the screen:\n${this.screen().join("\n")}`, { cause });
    }
  }

  /** Waits until this text has come, whatever was drawn over it since. */
  async untilOutput(text: string): Promise<void> {
    await waitFor(JSON.stringify(text), () => this.#output.includes(text) || undefined);
  }

  /** Waits until the shell is ready for the next command, on a line of its own. */
  async untilPrompt(): Promise<void> {
    await this.until(/(?:^|\n)\$$/);
  }

  /** Ends the shell and whatever runs in it. */
  close(): void {
    if (this.#exitCode === undefined) this.#pty.kill("SIGHUP");
    this.#terminal.dispose();
  }
}

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
