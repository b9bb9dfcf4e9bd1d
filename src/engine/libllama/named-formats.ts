import { usageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { RenderFailure } from "../chat-template/renderer.ts";
import type { ChatMessage } from "../port.ts";
import type { Bindings } from "./bindings.ts";

/**
 * A conversation in one of llama.cpp's built-in formats, up to where the answer begins.
 *
 * @throws UserError for a name that llama.cpp does not know; RenderFailure where the format has no
 * place for a message
 */
export function writeNamedFormat(
  bindings: Bindings,
  name: string,
  messages: readonly ChatMessage[],
): string {
  const names = bindings.chatFormats();
  if (!names.includes(name)) throw unknownFormat(name, names);
  // C ends a text there.
  if (messages.some(({ content }) => content.includes("\0"))) {
    throw new RenderFailure("template", "a message has a NUL character");
  }
  const text = bindings.applyChatFormat(name, messages);
  if (text === undefined) throw new RenderFailure("template", "llama.cpp refuses the messages");
  return text;
}

function unknownFormat(name: string, names: readonly string[]): Error {
  const meant = nearest(name, names);
  const hint =
    meant === undefined
      ? `llama.cpp has ${names.join(", ")}. A file with a Jinja template is named by its path.`
      : `Did you mean ${meant}?`;
  return usageError(`--chat-template ${name} is no file and no format of llama.cpp`, hint);
}
