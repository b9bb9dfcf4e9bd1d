import { type Random, seededRandom } from "../../../src/decoding/random.ts";
import { vocabularySize } from "./sequence.ts";

/** A prompt and its answer, and where a draft model agrees. */
export interface SimulatedText {
  readonly tokens: readonly number[];
  readonly promptLength: number;
  /** Entry i: what the draft model takes token i to be. */
  readonly drafted: readonly { readonly token: number; readonly q: number }[];
}

/** What a text is like. */
export interface TextKind {
  /** Chance that the draft model's choice is the target's, at each place by itself. */
  readonly agreement: number;
  /** Chance that a run which repeats the text so far goes on by one more token. */
  readonly repetition: number;
  readonly promptLength: number;
  readonly answerLength: number;
}

/** A token outside a repeated run begins one with this chance. */
const runStarts = 0.2;
/** A repeated run has so many tokens at least: a look-up needs them to find it. */
const leastRun = 2;
/** Ids below end or begin a text. */
const firstOrdinary = 2;

/** A random text that repeats itself in runs. The draft's confidence says nothing of its being right. */
export function simulatedText(kind: TextKind, seed: number): SimulatedText {
  const random = seededRandom(seed);
  const length = kind.promptLength + kind.answerLength;
  const tokens: number[] = [];
  let run: { source: number; length: number } | undefined;
  while (tokens.length < length) {
    if (run !== undefined && run.length >= leastRun && random() >= kind.repetition) run = undefined;
    else if (run === undefined && tokens.length > leastRun && random() < runStarts) {
      run = { source: Math.floor(random() * (tokens.length - leastRun)), length: 0 };
    }
    if (run === undefined) tokens.push(anyToken(random));
    else tokens.push(tokens[run.source + run.length++] as number);
  }
  const drafted = tokens.map((token) => ({
    token: random() < kind.agreement ? token : otherToken(token, random),
    q: 0.3 + 0.65 * random(),
  }));
  return { tokens, promptLength: kind.promptLength, drafted };
}

function anyToken(random: Random): number {
  return firstOrdinary + Math.floor(random() * (vocabularySize - firstOrdinary));
}

function otherToken(token: number, random: Random): number {
  const ordinary = vocabularySize - firstOrdinary;
  const shift = 1 + Math.floor(random() * (ordinary - 1));
  return firstOrdinary + ((token - firstOrdinary + shift) % ordinary);
}
