/** What the loop must know of a vocabulary: which tokens end a text, and how tokens read. */
export interface TokenText {
  /** True for end-of-generation tokens. */
  isEog(token: number): boolean;
  /** A detokenizer for one text, starting behind `context`. */
  detokenizer(context: readonly number[]): Detokenizer;
  /** How a single token reads, for display only: bytes that are no character show as U+FFFD. */
  piece(token: number): string;
}

/** Turns tokens into text as they come. A character whose bytes span tokens comes with its last. */
export interface Detokenizer {
  push(token: number): string;
  /** What is left at the end: incomplete bytes as U+FFFD. */
  flush(): string;
}

/** Text that may be shown, and whether a stop text was met. */
export interface ScannedText {
  readonly text: string;
  readonly stopped: boolean;
}

/**
 * Finds stop texts in streamed text. It holds back whatever could be the beginning of one, so that
 * no part of a stop text is ever shown.
 */
export class StopTextScanner {
  readonly #stopTexts: readonly string[];
  #held = "";

  constructor(stopTexts: readonly string[]) {
    this.#stopTexts = stopTexts.filter((text) => text !== "");
  }

  /** Takes the next piece; returns what is safe to show, up to the earliest stop text. */
  push(piece: string): ScannedText {
    const text = this.#held + piece;
    const stops = this.#stopTexts.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (stops.length > 0) {
      this.#held = "";
      return { text: text.slice(0, Math.min(...stops)), stopped: true };
    }
    const safe = text.length - this.#possibleStart(text);
    this.#held = text.slice(safe);
    return { text: text.slice(0, safe), stopped: false };
  }

  /** What was held back, when no more text comes. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /** The length of the longest end of `text` that begins some stop text. */
  #possibleStart(text: string): number {
    let longest = 0;
    for (const stop of this.#stopTexts) {
      for (let n = Math.min(stop.length - 1, text.length); n > longest; n--) {
        if (text.endsWith(stop.slice(0, n))) longest = n;
      }
    }
    return longest;
  }
}
