import { environmentError } from "../../errors.ts";
import { ByteDetokenizer } from "../byte-detokenizer.ts";
import { tokenizeChat } from "../chat-template/chat-template.ts";
import type { ChatTemplateParts } from "../chat-template/template-writer.ts";
import { withoutDoubledBos } from "../doubled-bos.ts";
import { type InfillTokens, writeInfill } from "../infill.ts";
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

/** What stands before an answer. */
export const answerMark = "A:";
const begin = 1;
const end = 0;

/**
 * The toy vocabulary: 0 ends a text, 1 begins one, the last three may be those of fill-in-the-middle
 * prompts, and the rest are characters and parts of some.
 */
export function fakeVocabulary(spec: FakeModelSpec): Vocabulary {
  const { vocabularySize: size, shift, rename } = spec;
  const infill = infillOf(spec);
  const names = new Map(controlNames(infill));
  const ordinary = size - names.size;
  const bytesOf = (token: number): Uint8Array =>
    names.has(token)
      ? new Uint8Array()
      : (pieces[(token - 2 + shift) % pieces.length] as Uint8Array);
  const tokenOf = (bytes: Uint8Array): number => {
    const at = pieces.findIndex((piece) => Buffer.compare(piece, bytes) === 0);
    const index = at < 0 ? 0 : (at - shift + pieces.length) % pieces.length;
    return 2 + (index % ordinary);
  };
  const encode = (text: string): number[] =>
    [...text].flatMap((character) => {
      const bytes = encoder.encode(character);
      const whole = bytes.length === 1 || character === "世";
      return whole ? [tokenOf(bytes)] : [...bytes].map((byte) => tokenOf(Uint8Array.of(byte)));
    });
  const encodeWithNames = (text: string): number[] =>
    text.split(/(<\w+>)/).flatMap((part) => {
      const named = [...names].find(([, name]) => name === part);
      return named === undefined ? encode(part) : [named[0]];
    });
  const piece = (token: number): string => names.get(token) ?? decoder.decode(bytesOf(token));
  const entry = (token: number): string =>
    rename.includes(token) ? `${piece(token)} renamed` : piece(token);
  const specials = { bos: begin, eos: end, eot: undefined };
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
    specials,
    addsBos: true,
    hasChatTemplate: spec.template !== 0,
    isEog: (token) => token === end,
    detokenizer: () => new ByteDetokenizer(bytesOf),
    piece,
    entry,
    isOrdinary: (token) => !names.has(token),
    tokenize: (text, special = false) =>
      special
        ? withoutDoubledBos([begin, ...encodeWithNames(text)], begin)
        : [begin, ...encode(text)],
    tokenizeInfill: (parts) =>
      writeInfill(
        { model: "the fake model", specials, addsBos: true, infill, plainTokens: encode },
        parts,
      ),
    tokenizeChat: (messages, settings) => {
      if (settings !== undefined) return tokenizeChat(template, messages, settings);
      if (spec.template === 0) throw noTemplate();
      return [begin, ...encode(`${messages.map(render).join("")}${answerMark}`)];
    },
  };
}

/** The last three tokens of a model that can fill a gap. */
function infillOf({ vocabularySize: size, fim }: FakeModelSpec): InfillTokens {
  if (fim === 0) return { prefix: undefined, suffix: undefined, middle: undefined };
  return { prefix: size - 3, suffix: size - 2, middle: size - 1 };
}

/** Tokens that are no text, with how they are spelled. */
function controlNames(infill: InfillTokens): [token: number, name: string][] {
  const parts = Object.entries(infill).flatMap(([part, token]): [number, string][] =>
    token === undefined ? [] : [[token, `<${part}>`]],
  );
  return [[end, "<end>"], [begin, "<begin>"], ...parts];
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
