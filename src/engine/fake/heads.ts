import { argmax } from "../../decoding/logits.ts";
import { type FakeLanguage, fakeLogits } from "./language.ts";
import type { FakeReader, FakeRow } from "./sequence.ts";
import {
  type FakeInput,
  type FakeState,
  fakeWidth,
  isBlank,
  otherToken,
  readInput,
  stateBehind,
  stateVector,
} from "./states.ts";

/** What fake heads made of a row, and what they had read. */
export interface HeadsRow extends FakeRow {
  readonly read: FakeInput;
  /** The name of the token that the batch gave. */
  readonly name: number;
  readonly says: FakeState;
}

/** Fake heads to read with. */
export interface FakeHeads {
  readonly language: FakeLanguage;
  readonly count: number;
  /** See `DraftHeads.tokens`. */
  readonly tokens: Int32Array | undefined;
}

/**
 * Heads that know the target's language. What they read they take apart, and refuse what a drafter
 * that keeps in step would not give them: a state of another head, a token that is not the one whose
 * place it takes, a row behind one that it does not follow.
 */
export function fakeChainedHeads(heads: FakeHeads): FakeReader<HeadsRow> {
  return reader(heads, (name, before, read) => {
    const { state, token, head } = read;
    if (token === undefined) throw new Error("a chained head reads a token too");
    const known = heads.tokens === undefined || heads.tokens.includes(name);
    if (token !== (known ? name : otherToken)) {
      throw new Error(`a head reads token ${token} in the place of ${name}`);
    }
    if (state.head !== head - 1) {
      throw new Error(`head ${head} reads a state of head ${state.head}`);
    }
    if (isBlank(state)) {
      const says = stateBehind(before?.says, token, { head, name });
      return { says, after: [says.previous, says.current] };
    }
    if (head === 1) checkHistory(before, state);
    else checkChain(before, state);
    const says = stateBehind(state, token, { head, name });
    return { says, after: [says.previous, says.current] };
  });
}

/** Rows of the first head follow each other in the text; some may be left out. */
function checkHistory(before: HeadsRow | undefined, { position, fingerprint }: FakeState): void {
  if (before === undefined) return;
  const { says, read } = before;
  if (read.head !== 1) throw new Error("the first head reads behind a row of another");
  if (says.position > position) throw new Error("a row stands behind a later one");
  if (says.position === position && says.fingerprint !== fingerprint) {
    throw new Error("a row stands behind one of another text");
  }
}

/** A later head reads what came out of the row before. */
function checkChain(before: HeadsRow | undefined, state: FakeState): void {
  const expected = before === undefined ? undefined : JSON.stringify(before.says);
  if (JSON.stringify(state) !== expected) throw new Error("a head reads a state of another path");
}

/**
 * Heads that do not see what is drafted before them: each decodes the language by itself, greedily,
 * up to where it proposes. At temperature 0 they are as right as chained ones.
 */
export function fakeParallelHeads(heads: FakeHeads): FakeReader<HeadsRow> {
  const { language } = heads;
  const out = new Float32Array(language.vocabularySize);
  return reader(heads, (_, before, { state, token, head }) => {
    if (token !== undefined) throw new Error("a parallel head reads no token");
    if (state.head !== 0) throw new Error("a parallel head reads a state of the target");
    if (before !== undefined) throw new Error("a parallel head sees another row");
    let after: [number, number] = [state.previous, state.current];
    for (let i = 0; i < head; i++) {
      fakeLogits(language, ...after, out);
      after = [after[1], argmax(out)];
    }
    return { says: state, after };
  });
}

/** What a head knows: what it says of the text, and the two tokens that its logits are after. */
interface Known {
  readonly says: FakeState;
  readonly after: readonly [number, number];
}

function reader(
  { language, count, tokens }: FakeHeads,
  know: (name: number, before: HeadsRow | undefined, read: FakeInput) => Known,
): FakeReader<HeadsRow> {
  return {
    vocabularySize: tokens === undefined ? language.vocabularySize : tokens.length + 1,
    inputWidth: fakeWidth,
    read: (name, before, input) => {
      const read = readInput(input as Float32Array);
      if (!(read.head >= 1 && read.head <= count)) throw new Error(`there is no head ${read.head}`);
      const { says, after } = know(name, before, read);
      return {
        ...{ read, name, says },
        state: stateVector(says),
        logits: () => {
          const all = new Float32Array(language.vocabularySize);
          fakeLogits(language, ...after, all);
          return tokens === undefined ? all : reduced(all, tokens);
        },
      };
    },
  };
}

/** The logits of the listed tokens, and one for all others together. */
function reduced(logits: Float32Array, tokens: Int32Array): Float32Array {
  const listed = new Set(tokens);
  const others = logits.reduce((sum, logit, id) => sum + (listed.has(id) ? 0 : Math.exp(logit)), 0);
  return Float32Array.of(...[...tokens].map((id) => logits[id] as number), Math.log(others));
}
