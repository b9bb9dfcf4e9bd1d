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
      this.#stream.write(`\r\x1b[2K${text.slice(0, width)}`);
    } else {
      if (now - this.#shownAt < this.#everyMs || text === this.#shown) return;
      this.#stream.write(`${text}\n`);
    }
    this.#shownAt = now;
    this.#shown = text;
  }

  /** Takes the line away, before something else is printed. */
  clear(): void {
    if (this.#live && this.#shown !== "") this.#stream.write("\r\x1b[2K");
    this.#shown = "";
  }

  /** Prints a line that stays. */
  print(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }
}

/** Whether what stands on a stream can be drawn over: a terminal, and not a log. */
export function canDrawOver(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !isSet("CI") && process.env.TERM !== "dumb";
}

function isSet(name: string): boolean {
  const value = process.env[name] ?? "";
  return value !== "" && value !== "0" && value !== "false";
}
