import type { Key, KeyName } from "../chat/key.ts";

/** A key without text. */
export type PlainKey = Exclude<KeyName, "text">;

/** Control characters, by their code. */
const controlKeys: Readonly<Record<number, PlainKey>> = {
  1: "home",
  2: "left",
  3: "interrupt",
  4: "end-of-input",
  5: "end",
  6: "right",
  8: "backspace",
  9: "tab",
  10: "newline",
  11: "delete-to-end",
  12: "redraw",
  13: "enter",
  14: "down",
  15: "provenance",
  16: "up",
  20: "details",
  21: "delete-to-start",
  23: "delete-word",
  127: "backspace",
};

/** What Alt makes of a key; what is not here does nothing. */
const altKeys: Readonly<Record<string, PlainKey>> = {
  "\r": "newline",
  "\n": "newline",
  "\b": "delete-word",
  "\u007f": "delete-word",
  b: "word-left",
  B: "word-left",
  f: "word-right",
  F: "word-right",
};

const letterKeys: Readonly<Record<string, PlainKey>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "shift-tab",
};

/** rxvt has letters of its own for Ctrl with an arrow, and a keypad's Enter is a letter too. */
const ss3Keys: Readonly<Record<string, PlainKey>> = {
  ...letterKeys,
  M: "enter",
  c: "word-right",
  d: "word-left",
};

const tildeKeys: Readonly<Record<number, PlainKey>> = {
  1: "home",
  3: "delete",
  4: "end",
  7: "home",
  8: "end",
};

/** kitty's codes of the keypad (its keyboard protocol, "Functional key definitions"). */
const keypadKeys: Readonly<Record<number, PlainKey>> = {
  57414: "enter",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57423: "home",
  57424: "end",
  57426: "delete",
};

const wordKeys: Partial<Record<PlainKey, PlainKey>> = {
  left: "word-left",
  right: "word-right",
  backspace: "delete-word",
};

const shift = 1;
const alt = 2;
const ctrl = 4;

/** The key of a control character, if the chat knows it. */
export function controlKey(code: number): PlainKey | undefined {
  return controlKeys[code];
}

/** The key of a character that came behind Esc. */
export function altKey(character: string): PlainKey | undefined {
  return altKeys[character];
}

/** The key of `ESC O letter`, with the digits between them. */
export function ss3Key(digits: string, letter: string): PlainKey | undefined {
  return withModifiers(ss3Keys[letter], modifiersOf(digits));
}

/**
 * The key of `ESC [ parameters final`: xterm's, rxvt's, xterm's `modifyOtherKeys` (`27;m;code~`) and
 * kitty's (`code;m u`).
 */
export function csiKey(parameters: string, final: string): Key | undefined {
  const [first = "", second = "", third = ""] = parameters.split(";");
  const [modifier = "", event] = second.split(":");
  const released = event === "3";
  if (released) return undefined;
  if (final === "u") return codedKey(codeOf(first), modifiersOf(modifier), codeOf(third));
  if (final === "~" && first === "27") return codedKey(codeOf(third), modifiersOf(modifier));
  if (final === "~") return named(withModifiers(tildeKeys[codeOf(first)], modifiersOf(modifier)));
  // Some terminals leave out the 1 that xterm has before the modifier.
  return named(withModifiers(letterKeys[final], modifiersOf(second === "" ? first : modifier)));
}

/** The key of a character's code; `text` is the code of what it types, where the terminal says so. */
function codedKey(code: number, modifiers: number, text = 0): Key | undefined {
  const held = modifiers & (shift | alt | ctrl);
  if (code === 13 || code === keypadEnter) return named(held === 0 ? "enter" : "newline");
  if (code === 9) return named((held & shift) === 0 ? "tab" : "shift-tab");
  if (code === 27) return named("escape");
  if (code === 127 || code === 8) return named(withModifiers("backspace", modifiers));
  if (keypadKeys[code] !== undefined) return named(withModifiers(keypadKeys[code], modifiers));
  if (!isCharacter(code)) return undefined;
  const character = String.fromCodePoint(code);
  if ((held & ctrl) !== 0)
    return /^[a-zA-Z]$/.test(character) ? named(controlKey(code & 31)) : undefined;
  if ((held & alt) !== 0) return named(altKey(character));
  if (isCharacter(text)) return { type: "text", text: String.fromCodePoint(text) };
  return { type: "text", text: (held & shift) === 0 ? character : character.toUpperCase() };
}

const keypadEnter = 57414;

/** Printable, and not of the private area in which kitty has its functional keys. */
function isCharacter(code: number): boolean {
  const control = code < 32 || (code >= 127 && code < 160);
  const surrogate = code >= 0xd800 && code < 0xe000;
  return !control && !surrogate && !(code >= 57344 && code < 63744) && code <= 0x10ffff;
}

function withModifiers(key: PlainKey | undefined, modifiers: number): PlainKey | undefined {
  if (key === undefined || (modifiers & (alt | ctrl)) === 0) return key;
  return wordKeys[key] ?? key;
}

/** Terminals send one more than the sum of what is held. */
function modifiersOf(parameter: string): number {
  return Math.max(0, codeOf(parameter) - 1);
}

/** The number before an alternative form of it; 0 where there is none. */
function codeOf(parameter: string): number {
  const code = Number.parseInt(parameter, 10);
  return Number.isNaN(code) ? 0 : code;
}

function named(key: PlainKey | undefined): Key | undefined {
  return key === undefined ? undefined : { type: key };
}
