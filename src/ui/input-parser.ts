import { StringDecoder } from "node:string_decoder";
import type { Key } from "../chat/key.ts";
import { fromKeyboard } from "../text/sanitise.ts";
import { altKey, controlKey, csiKey, type PlainKey, ss3Key } from "./key-sequences.ts";

const esc = "\u001b";
const pasteBegin = "200~";
const pasteEnd = `${esc}[201~`;
const interrupt = "\u0003";

/** What was read: how far it goes, and the key that it is; nothing where more has to come. */
type Reading = { readonly end: number; readonly key?: Key | undefined } | undefined;

const printable = /\P{Cc}+/uy;
const csiBody = /([0-?]*)[ -/]*/y;
const ss3Body = /(\d*)([A-Za-z]?)/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them.
const stringEnd = /\u0007|\u001b\\|\u009c/g;

/**
 * Turns what a terminal sends into keys, however it comes in pieces: characters and sequences may be
 * split anywhere, and several keys may come at once. A bracketed paste is one text with its newlines,
 * and no key in it counts. Sequences that mean nothing here are left out.
 */
export class InputParser {
  readonly #decoder = new StringDecoder("utf8");
  /** The begin of a sequence whose end has not come. */
  #rest = "";
  /** Pieces of a paste whose end has not come. */
  #paste: string[] | undefined;

  /** True while an Esc may be a key or the begin of a sequence: `flush` decides. */
  get pending(): boolean {
    return this.#rest !== "" && this.#paste === undefined;
  }

  /** The keys that are complete with this chunk. */
  push(chunk: Uint8Array | string): Key[] {
    const text = typeof chunk === "string" ? chunk : this.#decoder.write(chunk);
    // Where the end of a paste got lost, this is the way out.
    if (text === interrupt) return [...this.#endPaste(), { type: "interrupt" }];
    const input = this.#rest + text;
    this.#rest = "";
    return merged(this.#read(input));
  }

  /** Nothing came for a while: an Esc that waits was the key. */
  flush(): Key[] {
    if (!this.pending) return [];
    const rest = this.#rest;
    this.#rest = "";
    // Anything else is the begin of a sequence whose end got lost.
    if (rest.replaceAll(esc, "") !== "") return [];
    return Array.from(rest, () => ({ type: "escape" }));
  }

  #read(input: string): Key[] {
    const keys: Key[] = [];
    let at = 0;
    while (at < input.length) {
      if (this.#paste !== undefined) {
        at = this.#readPaste(input, at, keys);
        continue;
      }
      const reading = readKey(input, at);
      if (reading === undefined) {
        this.#rest = input.slice(at);
        break;
      }
      if (reading.key !== undefined) keys.push(reading.key);
      if (isPasteBegin(input, at, reading.end)) this.#paste = [];
      at = reading.end;
    }
    return keys;
  }

  /** Reads up to the paste's end, or to where that may begin. */
  #readPaste(input: string, at: number, keys: Key[]): number {
    const end = input.indexOf(pasteEnd, at);
    if (end === -1) {
      const cut = input.length - overlap(input.slice(at), pasteEnd);
      this.#paste?.push(input.slice(at, cut));
      this.#rest = input.slice(cut);
      return input.length;
    }
    this.#paste?.push(input.slice(at, end));
    keys.push(...this.#endPaste());
    return end + pasteEnd.length;
  }

  #endPaste(): Key[] {
    const text = fromKeyboard((this.#paste ?? []).join(""));
    this.#paste = undefined;
    this.#rest = "";
    return text === "" ? [] : [{ type: "text", text }];
  }
}

function readKey(input: string, at: number): Reading {
  if (input[at] === esc) return readSequence(input, at + 1);
  const text = matchAt(printable, input, at)?.[0];
  if (text !== undefined) return { end: at + text.length, key: { type: "text", text } };
  return { end: at + 1, key: named(controlKey(input.charCodeAt(at))) };
}

/** Reads what stands behind an Esc. */
function readSequence(input: string, at: number): Reading {
  const next = input[at];
  switch (next) {
    case undefined:
      return undefined;
    case "[":
      return readCsi(input, at + 1);
    case "O":
      return readSs3(input, at + 1);
    case "]":
    case "P":
    case "X":
    case "^":
    case "_":
      return readString(input, at + 1);
    case esc:
      return readAfterTwoEscapes(input, at);
    default:
      return readAlt(input, at);
  }
}

/** Two Escs: the key twice, or Alt with a key that is a sequence itself. */
function readAfterTwoEscapes(input: string, at: number): Reading {
  const next = input[at + 1];
  if (next === undefined) return undefined;
  if (next !== "[" && next !== "O") return { end: at, key: { type: "escape" } };
  return readSequence(input, at + 1);
}

function readAlt(input: string, at: number): Reading {
  const character = String.fromCodePoint(input.codePointAt(at) ?? 0);
  const end = at + character.length;
  return { end, key: named(altKey(character) ?? controlKey(character.charCodeAt(0))) };
}

function readCsi(input: string, at: number): Reading {
  const body = matchAt(csiBody, input, at);
  const end = at + (body?.[0].length ?? 0);
  const final = input[end];
  if (final === undefined) return undefined;
  // The Linux console has a second bracket before the letter of F1 to F5.
  if (final === "[") return input.length > end + 1 ? { end: end + 2 } : undefined;
  // A broken sequence: what cannot belong to it is read anew.
  if (final < "@" || final > "~") return { end };
  return { end: end + 1, key: csiKey(body?.[1] ?? "", final) };
}

function readSs3(input: string, at: number): Reading {
  const [whole = "", digits = "", letter = ""] = matchAt(ss3Body, input, at) ?? [];
  const end = at + whole.length;
  if (letter !== "") return { end, key: named(ss3Key(digits, letter)) };
  return end === input.length ? undefined : { end };
}

/** An answer of the terminal (OSC, DCS and the like), which nobody asked for. */
function readString(input: string, at: number): Reading {
  stringEnd.lastIndex = at;
  return stringEnd.test(input) ? { end: stringEnd.lastIndex } : undefined;
}

function isPasteBegin(input: string, from: number, to: number): boolean {
  return to - from === 2 + pasteBegin.length && input.startsWith(`${esc}[${pasteBegin}`, from);
}

/** How many characters at the end of `text` may be the begin of `mark`. */
function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (mark.startsWith(text.slice(-length))) return length;
  }
  return 0;
}

/** Texts that stand side by side become one: a paste in pieces, or fast typing. */
function merged(keys: readonly Key[]): Key[] {
  const result: Key[] = [];
  for (const key of keys) {
    const last = result.at(-1);
    if (key.type === "text" && last?.type === "text") {
      result[result.length - 1] = { type: "text", text: last.text + key.text };
    } else {
      result.push(key);
    }
  }
  return result;
}

function matchAt(pattern: RegExp, input: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(input);
}

function named(key: PlainKey | undefined): Key | undefined {
  return key === undefined ? undefined : { type: key };
}
