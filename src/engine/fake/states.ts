import { mix } from "../../decoding/random.ts";

/** Width of a fake model's hidden state, and of what its heads read. */
export const fakeWidth = 7;

/** What a fake hidden state says of the text it stands for. */
export interface FakeState {
  /** The last two tokens; -1 where there is none, or where heads do not know it. */
  readonly previous: number;
  readonly current: number;
  /** Place of the last token in the text, from 0. */
  readonly position: number;
  /** Of the whole text. */
  readonly fingerprint: number;
  /** The head that made it, from 1; 0 for the target. */
  readonly head: number;
}

/** What a fake head reads: the sum of a state, an embedding and an offset, taken apart again. */
export interface FakeInput {
  readonly state: FakeState;
  /** Undefined where no token was added. */
  readonly token: number | undefined;
  /** The head that is to read it, from 1. */
  readonly head: number;
}

/** Whether there is no state, as where costs are measured: a text always has one. */
export function isBlank({ previous }: FakeState): boolean {
  return previous + shift === 0;
}

/** A token that the heads do not have. */
export const otherToken = -1;
/** A number in the place of a token: 0 is for nothing. */
const shift = 2;

/** Numbers up to here are whole in a Float32Array. */
const fingerprints = 2 ** 23;
const beginning = { previous: -1, current: -1, position: -1, fingerprint: 0, head: 0 };

/** The state behind one more token. */
export function stateBehind(
  before: FakeState | undefined,
  token: number,
  { head, name = token }: { head: number; name?: number },
): FakeState {
  const { current, position, fingerprint } = before ?? beginning;
  return {
    previous: current,
    current: token,
    position: position + 1,
    fingerprint: mix(fingerprint, name + 1) % fingerprints,
    head,
  };
}

/** As the numbers that a model gives. */
export function stateVector(state: FakeState): Float32Array {
  const { previous, current, position, fingerprint, head } = state;
  return Float32Array.of(previous + shift, current + shift, position, fingerprint, head, 0, 0);
}

/** What stands for a token in what heads read. */
export function embeddingVector(token: number): Float32Array {
  return Float32Array.of(0, 0, 0, 0, 0, token + shift, 0);
}

/** What is added to what a head reads. @param head from 0 */
export function offsetVector(head: number): Float32Array {
  return Float32Array.of(0, 0, 0, 0, 0, 0, head + 1);
}

/**
 * Takes what a head reads apart.
 *
 * @throws Error where it is not one state, one offset and at most one embedding
 */
export function readInput(input: Float32Array): FakeInput {
  const numbers = [...input];
  if (!numbers.every((number) => Number.isInteger(number) && number >= 0)) {
    throw new Error(`a head reads ${numbers.join(" ")}: no sum of what there is to read`);
  }
  const [previous = 0, current = 0, position = 0, fingerprint = 0] = numbers;
  const [made = 0, token = 0, head = 0] = numbers.slice(4);
  return {
    state: {
      ...{ previous: previous - shift, current: current - shift },
      ...{ position, fingerprint, head: made },
    },
    token: token === 0 ? undefined : token - shift,
    head,
  };
}
