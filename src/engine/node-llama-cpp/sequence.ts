import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import { InvalidLogitsError } from "../../decoding/invalid-logits.ts";
import { type TopTwo, topTwo } from "../../decoding/logits.ts";
import {
  chainParents,
  checkBatch,
  checkLength,
  checkPath,
  type Evaluation,
  type TokenBatch,
  type TokenSequence,
} from "../../decoding/sequence.ts";

/** Tokens that one decode takes; node-llama-cpp's default too. */
export const batchSize = 512;
/** A batch's logits stay in memory, and a vocabulary of 150,000 tokens takes 0.6 MB an output. */
const maxOutputs = 64;

/** A context's sequence and what it was made for. */
export interface NodeSequenceOptions {
  readonly sequence: LlamaContextSequence;
  /** Less than the context's own size: at that, node-llama-cpp shifts tokens out of the cache. */
  readonly capacity: number;
  readonly vocabularySize: number;
  readonly prefillChunk: number;
  readonly canRollBack: boolean;
}

/** One text over node-llama-cpp's public API: chains only, and slower than the library itself. */
export class NodeSequence implements TokenSequence {
  readonly vocabularySize: number;
  readonly capacity: number;
  readonly batchSize = batchSize;
  readonly maxOutputs = maxOutputs;
  readonly prefillChunk: number;
  readonly maxBranches = 0;
  readonly canRollBack: boolean;
  readonly #sequence: LlamaContextSequence;
  readonly #tokens: number[] = [];
  /** Reused from batch to batch; entry i for batch token i. */
  readonly #logits: Float32Array[] = [];
  /** Whether an output was seen to be numbers. */
  #checked = false;
  #last: { readonly base: number; readonly length: number } | undefined;

  constructor(options: NodeSequenceOptions) {
    this.#sequence = options.sequence;
    this.capacity = options.capacity;
    this.vocabularySize = options.vocabularySize;
    this.prefillChunk = options.prefillChunk;
    this.canRollBack = options.canRollBack;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  get settled(): number {
    return this.#tokens.length;
  }

  async evaluate(batch: TokenBatch): Promise<Evaluation> {
    checkBatch(this, batch);
    const { tokens, outputs, need } = batch;
    const wants = (i: number): boolean =>
      outputs === "all" || (outputs === "last" && i === tokens.length - 1);
    const checks = !this.#checked && outputs !== "none" && need === "greedy";
    const lastItem = tokens.length - 1;
    const greedy = new Map<number, TopTwo>();
    const full = new Map<number, Float32Array>();
    await this.#sequence.controlledEvaluate(
      tokens.map((token, i) => {
        if (checks && i === lastItem) return inputItem(token as Token, "both");
        return inputItem(token as Token, wants(i) ? need : "nothing");
      }),
      {
        onTokenResult: (i, { next }) => {
          if (next.token != null) greedy.set(i, { token: chosen(next.token), gap: Number.NaN });
          if (next.logits === undefined) return;
          full.set(i, this.#fill(i, next.logits));
          // All results are kept until the last: 64 such maps of 150,000 entries are 0.5 GB.
          next.logits.clear();
        },
        // Never reached, since a batch that does not fit is refused above.
        contextShift: { size: 1, strategy: refuseShift },
      },
    );
    this.#last = { base: this.#tokens.length, length: tokens.length };
    for (const token of tokens) this.#tokens.push(token);
    const logits = (i: number): Float32Array => full.get(i) ?? notAskedFor(i);
    // The greedy token alone does not tell: it is the first one where no logit is a number.
    if (checks) topTwo(logits(lastItem));
    this.#checked ||= checks;
    return { logits, topTwo: (i) => greedy.get(i) ?? topTwo(logits(i)) };
  }

  grow(): never {
    throw new RangeError("this engine evaluates chains only");
  }

  async truncate(length: number): Promise<void> {
    checkLength(this, length);
    if (length === this.#tokens.length) return;
    const end = this.#tokens.length;
    await this.#sequence.eraseContextTokenRanges([{ start: length, end }]);
    this.#tokens.length = length;
  }

  async keep(path: readonly number[]): Promise<void> {
    if (this.#last === undefined) throw new Error("there is no batch to keep from");
    const { base, length } = this.#last;
    checkPath(path, chainParents(length));
    this.#last = undefined;
    await this.truncate(base + path.length);
  }

  #fill(i: number, logits: ReadonlyMap<Token, number>): Float32Array {
    this.#logits[i] ??= new Float32Array(this.vocabularySize);
    const row = this.#logits[i];
    for (const [token, logit] of logits) row[token] = logit;
    return row;
  }
}

/**
 * At temperature 0 node-llama-cpp's sampler chain is the greedy choice and nothing else, so the
 * logits that it gives back are the model's own, of the whole vocabulary.
 */
function inputItem(
  token: Token,
  need: TokenBatch["need"] | "both" | "nothing",
): ControlledEvaluateInputItem {
  if (need === "nothing") return token;
  const wanted = { token: need !== "logits", logits: need !== "greedy" };
  return [token, { generateNext: { ...wanted, options: { temperature: 0 } } }];
}

/** node-llama-cpp's sampler gives −1 where no logit is a number. */
function chosen(token: Token): Token {
  if (token < 0) throw new InvalidLogitsError();
  return token;
}

function refuseShift(): never {
  throw new Error("the context is full");
}

function notAskedFor(i: number): never {
  throw new Error(`output ${i} was not asked for`);
}
