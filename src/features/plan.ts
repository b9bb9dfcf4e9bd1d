import { createHash } from "node:crypto";
import { type Random, shuffled } from "../decoding/random.ts";

/** Tokens of one file of text. */
export interface Document {
  readonly name: string;
  readonly tokens: readonly number[];
}

/** A piece of a text to go over. */
export interface Passage {
  readonly tokens: readonly number[];
  /** True for what training must not see. */
  readonly heldOut: boolean;
}

/** With fewer documents, passages are held out instead of whole documents. */
const fewDocuments = 20;
/** Shorter ends of documents teach little. */
const shortestPassage = 16;

/**
 * Cuts documents into passages, in a shuffled order. Which are held out is decided by a hash of the
 * document's name, so that it does not move when another document comes or goes. Where some are to be,
 * one is at least, and stands first, so that however few are recorded it is among them.
 *
 * @param length tokens of a passage at most
 * @param heldOutShare 0 … 1
 * @param prefix tokens that every passage begins with: BOS, where the model wants it
 */
export function passagesOf(
  documents: readonly Document[],
  { length, heldOutShare, prefix, random }: PassageOptions,
): Passage[] {
  const byPassage = documents.length < fewDocuments;
  const passages = documents.flatMap(({ name, tokens }) => {
    const pieces: { readonly tokens: readonly number[]; readonly share: number }[] = [];
    const room = length - prefix.length;
    for (let at = 0; at < tokens.length; at += room) {
      const piece = tokens.slice(at, at + room);
      if (piece.length < shortestPassage) break;
      const share = hashShare(byPassage ? `${name}#${at}` : name);
      pieces.push({ tokens: [...prefix, ...piece], share });
    }
    return pieces;
  });
  // With nothing held out nothing could be said of what training has come to.
  const least = passages.reduce((lowest, { share }) => Math.min(lowest, share), 1);
  const highest = heldOutShare > 0 ? Math.max(heldOutShare, least) : -1;
  const chosen = passages.map(({ tokens, share }) => ({ tokens, heldOut: share <= highest }));
  const ordered = shuffled(chosen, random);
  const first = ordered.filter(({ heldOut }) => heldOut).slice(0, 1);
  return [...first, ...ordered.filter((passage) => !first.includes(passage))];
}

/** See `passagesOf`. */
export interface PassageOptions {
  readonly length: number;
  readonly heldOutShare: number;
  readonly prefix: readonly number[];
  readonly random: Random;
}

function hashShare(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE() / 0x1_0000_0000;
}
