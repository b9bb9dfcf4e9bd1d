import type { ExpectedRank } from "./acceptance-model.ts";

/** A pass of one kind and size, and what it is expected to come to. */
export interface Option {
  /** Where its draft comes from. */
  readonly kind: "plain" | "free" | "model";
  /** Tokens drafted at most; 0 for a step of plain decoding. */
  readonly size: number;
  /** Tokens emitted. */
  readonly tokens: number;
  readonly ms: number;
}

/** What a pass can be, by how it begins: a look-up may have a proposal or not. */
export interface Options {
  /** Share of the passes in which the look-up has a proposal; 0 without one. */
  readonly finds: number;
  readonly plain: Option;
  /** Passes that verify what was looked up, by size from 1; all given that something was found. */
  readonly free: readonly Option[];
  /** Passes that ask the model, by size from 1. */
  readonly model: readonly Option[];
}

/** The best option of a pass with a proposal of the look-up, and of one without. */
export interface Choice {
  readonly found: Option;
  readonly notFound: Option;
  /** Tokens per ms that these come to in the long run. */
  readonly rate: number;
}

/**
 * Chooses so that tokens per ms come out highest in the long run. That is no matter of each kind of
 * pass by itself: a slow one is worth while if the others are slower still. So the rate is raised
 * until no option beats it (Dinkelbach 1967).
 */
export function bestChoice(options: Options): Choice {
  const { finds, plain, free, model } = options;
  let choice: Choice = { found: plain, notFound: plain, rate: plain.tokens / plain.ms };
  for (;;) {
    const { rate } = choice;
    const notFound = mostWorth([plain, ...model], rate);
    const found = mostWorth([notFound, ...free], rate);
    const tokens = finds * found.tokens + (1 - finds) * notFound.tokens;
    const ms = finds * found.ms + (1 - finds) * notFound.ms;
    if (!(tokens / ms > rate)) return { ...choice, found, notFound };
    choice = { found, notFound, rate: tokens / ms };
  }
}

/** Tokens that an option emits beyond what the same time gives at a rate. */
export function worthOf({ tokens, ms }: Option, rate: number): number {
  return tokens - rate * ms;
}

/** Tokens and drafted tokens of passes, by size from 1. */
export function drafts(ranks: readonly ExpectedRank[]): { tokens: number; drafted: number }[] {
  let [tokens, drafted] = [1, 0];
  return ranks.map((rank) => {
    tokens += rank.drafted * rank.accepted;
    drafted += rank.drafted;
    return { tokens, drafted };
  });
}

/** The first of those that are worth most, of one or more. */
export function mostWorth(options: readonly Option[], rate: number): Option {
  return options.reduce((best, each) =>
    worthOf(each, rate) > worthOf(best, rate) + Number.EPSILON ? each : best,
  );
}
