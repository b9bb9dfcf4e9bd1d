import type { DoneReason, EmittedToken } from "./events.ts";
import { type Detokenizer, StopTextScanner, type TokenText } from "./text.ts";

/** What bounds a text. */
export interface EmitterOptions {
  readonly text: TokenText;
  readonly prompt: readonly number[];
  readonly stopTexts: readonly string[];
  /** Tokens to emit at most. */
  readonly maxTokens: number;
}

/** Turns chosen tokens into emitted ones with their text, and notices where the text ends. */
export class Emitter {
  readonly #isEog: (token: number) => boolean;
  readonly #detokenizer: Detokenizer;
  readonly #scanner: StopTextScanner;
  #left: number;
  #doneReason: Extract<DoneReason, "eog" | "length" | "stop"> | undefined;

  constructor(options: EmitterOptions) {
    this.#isEog = (token) => options.text.isEog(token);
    this.#detokenizer = options.text.detokenizer(options.prompt);
    this.#scanner = new StopTextScanner(options.stopTexts);
    this.#left = options.maxTokens;
  }

  /** Why the text has ended; undefined while it goes on. */
  get doneReason(): DoneReason | undefined {
    return this.#doneReason;
  }

  /** How many more tokens may be emitted. */
  get left(): number {
    return this.#left;
  }

  emit(chosen: Omit<EmittedToken, "text">): EmittedToken {
    this.#left--;
    if (this.#isEog(chosen.token)) {
      this.#doneReason = "eog";
      return { ...chosen, text: "" };
    }
    const { text, stopped } = this.#scanner.push(this.#detokenizer.push(chosen.token));
    if (stopped) this.#doneReason = "stop";
    else if (this.#left === 0) this.#doneReason = "length";
    return { ...chosen, text };
  }

  /** The text still held back; nothing after a stop text. */
  flush(): string {
    if (this.#doneReason === "stop") return "";
    const { text, stopped } = this.#scanner.push(this.#detokenizer.flush());
    return stopped ? text : text + this.#scanner.flush();
  }
}
