import type { Remark } from "../errors.ts";
import { cellsOf } from "../text/cells.ts";
import { visibleText } from "../text/visible-text.ts";

/**
 * One line on stderr that tells how far something is: drawn over itself on a terminal, and plain
 * lines now and then elsewhere and in CI.
 */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #everyMs: number;
  #shownAt: number;
  #shown = "";

  /** @param everyMs least time between two plain lines */
  constructor(stream: NodeJS.WriteStream = process.stderr, everyMs = 10_000) {
    this.#stream = stream;
    this.#live = canDrawOver(stream);
    this.#everyMs = everyMs;
    // What is over sooner than that needs no line.
    this.#shownAt = this.#live ? Number.NEGATIVE_INFINITY : performance.now();
  }

  show(text: string): void {
    const now = performance.now();
    if (this.#live) {
      // At most 15 times a second: drawing takes time from decoding.
      if (now - this.#shownAt < 1000 / 15) return;
      const width = (this.#stream.columns ?? 80) - 1;
      this.#stream.write(`\r\x1b[2K${firstColumns(visibleText(text), width)}`);
    } else {
      if (now - this.#shownAt < this.#everyMs || text === this.#shown) return;
      this.#stream.write(`${visibleText(text)}\n`);
    }
    this.#shownAt = now;
    this.#shown = text;
  }

  /** Takes the line away, before something else is printed. */
  clear(): void {
    if (this.#live && this.#shown !== "") this.#stream.write("\r\x1b[2K");
    this.#shown = "";
  }

  /** Prints a line that stays, and a second one for what to do. Each stays one line. */
  print(text: string, hint?: string): void {
    this.clear();
    const lines = [text, ...(hint === undefined ? [] : [`hint: ${hint}`])];
    this.#stream.write(lines.map((line) => `${visibleText(line)}\n`).join(""));
  }

  /** Prints a remark. */
  tell({ level, text, hint }: Remark): void {
    this.print(`${level}: ${text}`, hint);
  }
}

function firstColumns(text: string, width: number): string {
  let columns = 0;
  for (const cell of cellsOf(text)) {
    columns += cell.width;
    if (columns > width) return text.slice(0, cell.start);
  }
  return text;
}

/** Whether what stands on a stream can be drawn over: a terminal, and not a log. */
export function canDrawOver(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !isSet("CI") && process.env.TERM !== "dumb";
}

function isSet(name: string): boolean {
  const value = process.env[name] ?? "";
  return value !== "" && value !== "0" && value !== "false";
}
