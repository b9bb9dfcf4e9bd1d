import { environmentError } from "../../errors.ts";
import { ByteDetokenizer } from "../byte-detokenizer.ts";
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
  const { vocabularySize: size, shift, rename } = spec;
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
  const entry = (token: number): string => {
    const name = ["<end>", "<begin>"][token] ?? decoder.decode(bytesOf(token));
    return rename.includes(token) ? `${name} renamed` : name;
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
    isOrdinary: (token) => token > begin,
    tokenize: (text) => [begin, ...encode(text)],
    tokenizeChat: (messages) => {
      if (spec.template === 0) throw noTemplate();
      return [begin, ...encode(`${messages.map(render).join("")}${answerMark}`)];
    },
  };
}

/** An answer stands behind its mark as it was written: right where it began. */
function render({ role, content }: ChatMessage): string {
  return role === "assistant"
    ? `${answerMark}${content}\n`
    : `${role.charAt(0).toUpperCase()}: ${content}\n`;
}

function noTemplate(): Error {
  return environmentError("no-chat-template", "the fake model has no chat template");
}
