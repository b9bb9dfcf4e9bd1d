import type { DoneReason } from "../decoding/events.ts";
import type { Counts } from "../decoding/metrics.ts";
import type { PromptInput } from "../engine/pair.ts";
import type { ChatMessage, TemplateSettings } from "../engine/port.ts";
import type { EventLog } from "./event-log.ts";
import type { SettingValues } from "./settings.ts";

/** An answer with all that is known of how it came about. */
export interface Answer {
  /** As the model gave it: not made fit for a screen. */
  readonly text: string;
  readonly events: EventLog | undefined;
  readonly counts: Counts;
  readonly reason: DoneReason;
  /** In force when it began. */
  readonly settings: SettingValues;
  readonly seed: number;
}

/** A question, and its answer once there is one. */
export interface Turn {
  readonly question: string;
  readonly answer: Answer | undefined;
}

/** All that was said. */
export interface Conversation {
  readonly system: string | undefined;
  readonly turns: readonly Turn[];
  /** As many turns, the oldest ones, are given to the model no more: its context was full. */
  readonly dropped: number;
  /** True without a chat template: the texts are joined as they stand. */
  readonly raw: boolean;
  /** Special tokens that the texts spell are those tokens, without a chat template. */
  readonly special: boolean;
  /** How the texts are written otherwise; undefined for the model's own chat template. */
  readonly template: TemplateSettings | undefined;
}

/** Before the first question. */
export function newConversation({
  system,
  raw,
  special,
  template,
}: Pick<Conversation, "system" | "raw" | "special" | "template">): Conversation {
  return { system, turns: [], dropped: 0, raw, special, template };
}

/** What the model is given, up to where its next answer begins. */
export function promptOf(conversation: Conversation): PromptInput {
  const messages = messagesOf(conversation);
  const { raw, special, template } = conversation;
  if (!raw) return { type: "chat", messages, ...(template && { template }) };
  const text = messages.map(({ content }) => `${content}\n`).join("");
  return { type: "text", text, ...(special && { special }) };
}

/** The part of the prompt that no earlier prompt had. */
export function newestPart(conversation: Conversation): PromptInput {
  const { system, turns } = conversation;
  return promptOf({
    ...conversation,
    system: turns.length > 1 ? undefined : system,
    turns: turns.slice(-1),
    dropped: 0,
  });
}

/** With a question that waits for its answer. */
export function ask(conversation: Conversation, question: string): Conversation {
  return { ...conversation, turns: [...conversation.turns, { question, answer: undefined }] };
}

/** With the last question answered, or answered anew. */
export function answerLast(conversation: Conversation, answer: Answer | undefined): Conversation {
  const last = conversation.turns.at(-1);
  if (last === undefined) return conversation;
  return { ...conversation, turns: [...conversation.turns.slice(0, -1), { ...last, answer }] };
}

/** Without the last question. */
export function withdrawLast(conversation: Conversation): Conversation {
  const turns = conversation.turns.slice(0, -1);
  return { ...conversation, turns, dropped: Math.min(conversation.dropped, turns.length) };
}

/** With further turns kept from the model. */
export function dropOldest(conversation: Conversation, turns: number): Conversation {
  return { ...conversation, dropped: conversation.dropped + turns };
}

/** The last answer there is. */
export function lastAnswer({ turns }: Conversation): Answer | undefined {
  return turns.findLast(({ answer }) => answer !== undefined)?.answer;
}

function messagesOf({ system, turns, dropped }: Conversation): ChatMessage[] {
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...turns
      .slice(dropped)
      .flatMap(({ question, answer }): ChatMessage[] => [
        { role: "user", content: question },
        ...(answer === undefined ? [] : [{ role: "assistant" as const, content: answer.text }]),
      ]),
  ];
}
