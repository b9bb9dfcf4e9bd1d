import { environmentError } from "../../errors.ts";
import { ByteDetokenizer } from "../byte-detokenizer.ts";
import { tokenizeChat } from "../chat-template/chat-template.ts";
import type { ChatTemplateParts } from "../chat-template/template-writer.ts";
import type { ChatMessage, Vocabulary } from "../port.ts";
import type { FakeModelSpec } from "./spec.ts";

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of ordinary tokens: printable ASCII, newline, and characters that span tokens. */
const pieces: readonly Uint8Array[] = [
  ...[...printable, "\n"].map((text) => encoder.encode(text)),
  ...[...encoder.encode("é"), ...encoder.encode("🦙")].map((byte) => Uint8Array.of(byte)),
  encoder.encode("世"),
];

const answerMark = "A:";
const begin = 1;
const end = 0;

/** The toy vocabulary: 0 ends a text, 1 begins one, the rest are characters and parts of some. */
export function fakeVocabulary(spec: FakeModelSpec): Vocabulary {
  const { vocabularySize: size, shift } = spec;
  const bytesOf = (token: number): Uint8Array =>
    token < 2 ? new Uint8Array() : (pieces[(token - 2 + shift) % pieces.length] as Uint8Array);
  const tokenOf = (bytes: Uint8Array): number => {
    const at = pieces.findIndex((piece) => Buffer.compare(piece, bytes) === 0);
    const index = at < 0 ? 0 : (at - shift + pieces.length) % pieces.length;
    return 2 + (index % (size - 2));
  };
  const encode = (text: string): number[] =>
    [...text].flatMap((character) => {
      const bytes = encoder.encode(character);
      const whole = bytes.length === 1 || character === "世";
      return whole ? [tokenOf(bytes)] : [...bytes].map((byte) => tokenOf(Uint8Array.of(byte)));
    });
  const entry = (token: number): string =>
    ["<end>", "<begin>"][token] ?? decoder.decode(bytesOf(token));
  const template: ChatTemplateParts = {
    file: "the fake model",
    source: spec.template === 0 ? undefined : jinja,
    tokenizer: {
      tokenize: encode,
      specialTokens: () => [],
      entry,
      bos: begin,
      eos: end,
      addsBos: true,
    },
    now: Date.now(),
  };
  return {
    size,
    type: "fake",
    specials: { bos: begin, eos: end, eot: undefined },
    addsBos: true,
    hasChatTemplate: spec.template !== 0,
    isEog: (token) => token === end,
    detokenizer: () => new ByteDetokenizer(bytesOf),
    piece: (token) => decoder.decode(bytesOf(token)),
    entry,
    tokenize: (text) => [begin, ...encode(text)],
    tokenizeChat: (messages, settings) => {
      if (settings !== undefined) return tokenizeChat(template, messages, settings);
      if (spec.template === 0) throw noTemplate();
      return [begin, ...encode(`${messages.map(render).join("")}${answerMark}`)];
    },
  };
}

/** An answer is written after its mark as it was: right where it began. */
function render({ role, content }: ChatMessage): string {
  return role === "assistant"
    ? `${answerMark}${content}\n`
    : `${role.charAt(0).toUpperCase()}: ${content}\n`;
}

/** The same as `render` in Jinja; reasoning is asked for where it is wanted. */
const jinja = `{% for m in messages %}{% if m.role == "assistant" %}${answerMark}{{ m.content }}{% else %}{{ m.role[0] | upper }}: {{ m.content }}{% endif %}{{ "\n" }}{% endfor %}${answerMark}{% if enable_thinking %}<think>{% endif %}`;

function noTemplate(): Error {
  return environmentError("no-chat-template", "the fake model has no chat template");
}
