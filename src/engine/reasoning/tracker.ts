import {
  answerStart,
  openAtEnd,
  possibleClose,
  type ReasoningMarks,
  textAfterClose,
} from "./marks.ts";

/** Where an answer is: at its start, inside reasoning, or past both. */
type Place =
  | { readonly type: "start" }
  | { readonly type: "reasoning"; readonly marks: ReasoningMarks }
  | { readonly type: "answer" };

/**
 * Counts how many of an answer's first tokens are reasoning. As llama.cpp and other parsers have it,
 * reasoning is only at the start of an answer: the prompt has opened it, or nothing but whitespace
 * comes before the mark. A mark further on, as in an answer about such models, is plain text.
 *
 * The tokens of both marks count as reasoning. A token that holds the end of a mark and more does too.
 */
export class ReasoningTracker {
  #place: Place;
  /** Text since the start or the last mark, as far as a mark may still be in it. */
  #text = "";
  #tokens = 0;
  #reasoning = 0;

  /** @param promptEnd the last text of the prompt, special tokens spelled out */
  constructor(promptEnd: string) {
    const marks = openAtEnd(promptEnd);
    this.#place = marks === undefined ? { type: "start" } : { type: "reasoning", marks };
  }

  /** True once no later token can be reasoning. */
  get isOver(): boolean {
    return this.#place.type === "answer";
  }

  /** The first tokens of the answer that are reasoning; one that is still open reaches to the end. */
  get count(): number {
    return this.#place.type === "reasoning" ? this.#tokens : this.#reasoning;
  }

  /** Takes the next token's text, with special tokens spelled out. */
  push(text: string): void {
    this.#tokens++;
    this.#text += text;
    // What is left after a mark may hold the next one.
    while (this.#step());
  }

  /** @returns whether the place has changed and there is more to read */
  #step(): boolean {
    if (this.#place.type === "start") return this.#readStart();
    if (this.#place.type === "reasoning") return this.#readReasoning(this.#place.marks);
    return false;
  }

  #readStart(): boolean {
    const found = answerStart(this.#text);
    if (found.type === "open") return false;
    if (found.type === "answer") {
      this.#place = { type: "answer" };
      return false;
    }
    this.#place = { type: "reasoning", marks: found.marks };
    this.#text = found.rest;
    return true;
  }

  #readReasoning(marks: ReasoningMarks): boolean {
    const rest = textAfterClose(this.#text, marks);
    if (rest === undefined) {
      this.#text = possibleClose(this.#text, marks);
      return false;
    }
    this.#reasoning = this.#tokens;
    this.#place = { type: "start" };
    this.#text = rest;
    return true;
  }
}
