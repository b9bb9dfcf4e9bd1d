/** The last lines of a log. */
export class LineRing {
  readonly #capacity: number;
  #lines: string[] = [];
  #partial = "";

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes text as it comes, lines whole or in parts. */
  write(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    this.#lines = [...this.#lines, ...lines.filter((line) => line.trim() !== "")].slice(
      -this.#capacity,
    );
  }

  lines(): readonly string[] {
    return this.#partial.trim() === "" ? this.#lines : [...this.#lines, this.#partial];
  }
}
