import type { FakeModelSpec } from "./spec.ts";
import { answerMark, fakeVocabulary } from "./vocabulary.ts";

const open = "<think>";
const close = "</think>";

/** How far a text is with its reasoning. */
export interface FakeScript {
  /** The last characters, enough for a mark and what comes before it. */
  readonly tail: string;
  /** Tokens since reasoning was opened; undefined outside of it. */
  readonly thought: number | undefined;
}

/** Before any text. */
export const scriptStart: FakeScript = { tail: "", thought: undefined };

/** Tokens that a model writes whatever its language says. */
export interface ScriptedText {
  after(script: FakeScript, token: number): FakeScript;
  /** The token that comes next for certain; undefined where the language decides. */
  next(script: FakeScript): number | undefined;
}

/**
 * The marks around `thinkTokens` tokens of reasoning. The model opens it at the start of an answer in
 * its chat template, or goes on where a prompt has opened it.
 */
export function fakeScript(spec: FakeModelSpec): ScriptedText {
  const { thinkTokens } = spec;
  if (thinkTokens === 0) return { after: (script) => script, next: () => undefined };
  const { piece, size } = fakeVocabulary(spec);
  const tokens = new Map(Array.from({ length: size }, (_, token) => [piece(token), token]));
  return {
    after: ({ tail: before, thought }, token) => {
      const tail = (before + piece(token)).slice(-(answerMark + open).length);
      if (tail.endsWith(open)) return { tail, thought: 0 };
      if (tail.endsWith(close)) return { tail, thought: undefined };
      return { tail, thought: thought === undefined ? undefined : thought + 1 };
    },
    next: ({ tail, thought }) => {
      const character = thought === undefined ? nextOfOpen(tail) : close[thought - thinkTokens];
      return character === undefined ? undefined : tokens.get(character);
    },
  };
}

/** What the opening mark has next where an answer has begun with the rest of it. */
function nextOfOpen(tail: string): string | undefined {
  return [...open].find((_, i) => tail.endsWith(answerMark + open.slice(0, i)));
}
