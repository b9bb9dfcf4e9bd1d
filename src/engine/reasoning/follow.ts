import { emittedIn, type GenerateEvent } from "../../decoding/events.ts";
import type { TokenText } from "../../decoding/text.ts";
import { Spelling } from "./spelling.ts";
import { ReasoningTracker } from "./tracker.ts";

/** Tokens at the end of a prompt that are read: more than the longest mark has bytes. */
const promptEndTokens = 96;

/** What an answer continues. */
export interface AnswerContext {
  readonly text: TokenText;
  /** Tokens of the prompt, without those of an answer that goes on. */
  readonly prompt: readonly number[];
  /** Tokens of that answer. */
  readonly begun: readonly number[];
}

/** Adds to the end of a generation how many of its tokens are reasoning (see `DoneEvent`). */
export async function* withReasoning(
  events: AsyncIterable<GenerateEvent>,
  { text, prompt, begun }: AnswerContext,
): AsyncGenerator<GenerateEvent> {
  const tracker = new ReasoningTracker(endOf(prompt, text));
  const spelling = new Spelling(text, prompt);
  const push = (token: number): void => {
    if (!tracker.isOver) tracker.push(spelling.push(token));
  };
  begun.forEach(push);
  for await (const event of events) {
    for (const { token } of emittedIn(event)) push(token);
    const reasoning = tracker.count - begun.length;
    yield event.type === "done" && reasoning > 0 ? { ...event, reasoning } : event;
  }
}

function endOf(prompt: readonly number[], text: TokenText): string {
  const spelling = new Spelling(text, prompt.slice(0, -promptEndTokens));
  const end = prompt.slice(-promptEndTokens);
  return end.map((token) => spelling.push(token)).join("");
}
