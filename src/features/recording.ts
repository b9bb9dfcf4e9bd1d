import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Distribution } from "../decoding/distribution.ts";
import { toFloat16 } from "../float16.ts";

/** The likeliest tokens that are noted at each place. */
export const notedCandidates = 32;

/** Where a sequence of rows comes from: a text as it is, or what the target wrote. */
export type SequenceOrigin = "text" | "own";

/** One run of rows in the files. */
export interface RecordedSequence {
  readonly rows: number;
  readonly origin: SequenceOrigin;
  /** True for what training must not see. */
  readonly heldOut: boolean;
}

/** What is noted of one place of a text. */
export interface Row {
  readonly token: number;
  /** The target's final hidden state at it. */
  readonly hidden: Float32Array;
  /** The `notedCandidates` likeliest next tokens, with their logits in `probs`. */
  readonly next: Distribution;
  /** Probability of the likeliest of them over the whole vocabulary. */
  readonly confidence: number;
}

/** What the files are about; see `Recording`. */
export interface RecordingHead {
  readonly target: {
    readonly path: string;
    readonly name: string;
    readonly architecture: string;
    readonly vocabularySize: number;
    readonly vocabularySha256: string;
    readonly headerSha256: string;
  };
  readonly width: number;
}

/**
 * What a target says along texts, in a folder, row by row in four files of raw numbers, little
 * endian: `tokens.i32`, `hidden.f16` (width numbers a row), `candidates.i32` and `probabilities.f16`
 * (`notedCandidates` numbers a row, over the whole vocabulary, the likeliest first); and
 * `features.json`, which says what they are and where each sequence ends. That file comes last: where
 * it is, the others are whole.
 */
export class Recording {
  readonly #folder: string;
  readonly #head: RecordingHead;
  readonly #files: Readonly<Record<keyof typeof names, number>>;
  readonly #sequences: RecordedSequence[] = [];
  #rows = 0;

  constructor(folder: string, head: RecordingHead) {
    // What stands there of an earlier recording is about other files.
    rmSync(join(folder, description), { force: true });
    const open = (name: string) => openSync(join(folder, name), "w");
    this.#folder = folder;
    this.#head = head;
    this.#files = {
      tokens: open(names.tokens),
      hidden: open(names.hidden),
      candidates: open(names.candidates),
      probabilities: open(names.probabilities),
    };
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  add(rows: PackedRows, origin: SequenceOrigin, heldOut: boolean): void {
    for (const name of Object.keys(names) as (keyof typeof names)[]) {
      // To the last byte: a single write may stop short of it.
      writeFileSync(this.#files[name], rows[name].subarray(0, rows.size * rows.perRow(name)));
    }
    this.#sequences.push({ rows: rows.size, origin, heldOut });
    this.#rows += rows.size;
  }

  /** Writes what the files are, once all rows are there. */
  finish(): void {
    const { width, target } = this.#head;
    const about = {
      version: 1,
      target,
      width,
      candidates: notedCandidates,
      rows: this.#rows,
      sequences: this.#sequences,
    };
    const part = join(this.#folder, `${description}.part`);
    writeFileSync(part, `${JSON.stringify(about)}\n`);
    renameSync(part, join(this.#folder, description));
  }

  close(): void {
    for (const file of Object.values(this.#files)) closeSync(file);
  }
}

/** Makes the folder of a recording, beside what is there; the folder that it lies in must exist. */
export function makeFolder(folder: string): void {
  const known = statSync(folder, { throwIfNoEntry: false });
  if (!known?.isDirectory()) mkdirSync(folder);
}

const description = "features.json";
const names = {
  tokens: "tokens.i32",
  hidden: "hidden.f16",
  candidates: "candidates.i32",
  probabilities: "probabilities.f16",
} as const;

/** Rows of one sequence, as the files have them. */
export class PackedRows {
  readonly #width: number;
  readonly tokens: Int32Array;
  readonly hidden: Uint16Array;
  readonly candidates: Int32Array;
  readonly probabilities: Uint16Array;
  size = 0;

  constructor(width: number, capacity: number) {
    this.#width = width;
    this.tokens = new Int32Array(capacity);
    this.hidden = new Uint16Array(capacity * width);
    this.candidates = new Int32Array(capacity * notedCandidates);
    this.probabilities = new Uint16Array(capacity * notedCandidates);
  }

  /** Numbers of one row in a file. */
  perRow(name: keyof typeof names): number {
    return {
      tokens: 1,
      hidden: this.#width,
      candidates: notedCandidates,
      probabilities: notedCandidates,
    }[name];
  }

  add({ token, hidden, next, confidence }: Row): void {
    const at = this.size * notedCandidates;
    this.tokens[this.size] = token;
    toFloat16(hidden, this.hidden, this.size * this.#width);
    this.candidates.set(next.ids.subarray(0, notedCandidates), at);
    const best = next.probs[0] as number;
    for (let i = 0; i < notedCandidates; i++) {
      scratch[i] = confidence * Math.exp((next.probs[i] as number) - best);
    }
    toFloat16(scratch, this.probabilities, at);
    this.size++;
  }
}

const scratch = new Float64Array(notedCandidates);
