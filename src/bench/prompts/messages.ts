import type { ChatMessage } from "../../engine/port.ts";
import {
  anyText,
  isGiven,
  isObject,
  type JsonObject,
  kindOf,
  listField,
  RowFault,
  textField,
} from "./row-fields.ts";

/** A conversation that a model is to continue. */
export interface AskedConversation {
  /** What was said before, oldest first. */
  readonly history: readonly ChatMessage[];
  /** The user's last message. */
  readonly prompt: string;
}

/** Roles as OpenAI, ShareGPT and their relatives name them. */
const roles: Readonly<Record<string, ChatMessage["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  chatgpt: "assistant",
  model: "assistant",
  bot: "assistant",
  bing: "assistant",
  bard: "assistant",
};

/**
 * A conversation up to the user's last message. Answers after it, which training data has, are what
 * the model is to write and are dropped.
 *
 * @param path of the list in its row
 * @throws RowFault for a bad message, and where the user says nothing
 */
export function askedConversation(value: unknown, path: string): AskedConversation {
  const messages = messagesOf(value, path);
  const last = messages.findLastIndex(({ role }) => role !== "assistant");
  const asked = messages[last];
  if (asked?.role !== "user") throw new RowFault(path, "the last message is not the user's");
  if (asked.content.trim() === "") throw new RowFault(`${path}.${last}.content`, "is empty");
  return { history: messages.slice(0, last), prompt: asked.content };
}

/** Whether a conversation has no message of the user, as some in ShareGPT's dumps. */
export function asksNothing(value: unknown): boolean {
  return Array.isArray(value) && !value.some((each) => isObject(each) && isUsers(each));
}

function isUsers({ from, role = from, value, content = value }: JsonObject): boolean {
  const isBlank = typeof content === "string" && content.trim() === "";
  return !isBlank && roles[String(role).toLowerCase()] !== "assistant";
}

/** Messages of a conversation, without empty system messages. */
export function messagesOf(value: unknown, path: string): ChatMessage[] {
  return listField(value, path)
    .map((each, i) => messageOf(each, `${path}.${i}`))
    .filter(({ role, content }) => role !== "system" || content.trim() !== "");
}

/** `{role, content}` as OpenAI has it, or `{from, value}` as ShareGPT. */
function messageOf(value: unknown, path: string): ChatMessage {
  if (!isObject(value)) throw new RowFault(path, `expected an object, got ${kindOf(value)}`);
  const roleKey = "from" in value && !("role" in value) ? "from" : "role";
  const contentKey = "value" in value && !("content" in value) ? "value" : "content";
  const name = textField(value[roleKey], `${path}.${roleKey}`).toLowerCase();
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role === undefined) {
    throw new RowFault(`${path}.${roleKey}`, `"${name}" is none of system, user, assistant`);
  }
  return { role, content: contentOf(value[contentKey], `${path}.${contentKey}`) };
}

/** Text, or parts of text. */
function contentOf(value: unknown, path: string): string {
  if (!Array.isArray(value)) return anyText(value, path);
  return value.map((part, i) => partText(part, `${path}.${i}`)).join("\n");
}

function partText(part: unknown, path: string): string {
  if (typeof part === "string") return part;
  if (isObject(part) && typeof part.text === "string") return part.text;
  const type = isObject(part) && isGiven(part.type) ? `a part of type ${part.type}` : kindOf(part);
  throw new RowFault(path, `expected a part of text, got ${type}`);
}
