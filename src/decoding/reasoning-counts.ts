import { emittedIn, type GenerateEvent } from "./events.ts";

/** Counts of a part of a generation, as `Counts` defines them. */
export interface PartCounts {
  /** Emitted tokens of this part. */
  readonly tokens: number;
  /** Passes whose first token is of this part; everything below is theirs. */
  readonly passes: number;
  readonly passTokens: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly mismatches: number;
}

/**
 * The part of a finished generation that is the model's reasoning; undefined where there is none.
 * Tokens are counted one by one. A pass belongs wholly to the part of its first token, so that what is
 * accepted never exceeds what is drafted; at most one pass of an answer straddles the boundary.
 */
export function reasoningCounts(events: readonly GenerateEvent[]): PartCounts | undefined {
  const end = events.at(-1);
  if (end?.type !== "done" || end.reasoning === undefined) return undefined;
  const { reasoning } = end;
  let counts: PartCounts = { ...noPart, tokens: reasoning };
  let first = 0;
  for (const event of events) {
    if (event.type === "round" && first < reasoning) {
      counts = addParts(counts, {
        tokens: 0,
        passes: 1,
        passTokens: event.emitted.length,
        drafted: event.drafted.length,
        accepted: event.accepted,
        mismatches: event.rejected === undefined ? 0 : 1,
      });
    }
    first += emittedIn(event).length;
  }
  return counts;
}

/** The counts of nothing. */
export const noPart: PartCounts = {
  tokens: 0,
  passes: 0,
  passTokens: 0,
  drafted: 0,
  accepted: 0,
  mismatches: 0,
};

/** Adds the counts of two parts. */
export function addParts(a: PartCounts, b: PartCounts): PartCounts {
  return combine(a, b, (x, y) => x + y);
}

/** What `all` has beside `part`: the answer beside the reasoning. */
export function partBeside(all: PartCounts, part: PartCounts): PartCounts {
  return combine(all, part, (x, y) => x - y);
}

function combine(a: PartCounts, b: PartCounts, by: (x: number, y: number) => number): PartCounts {
  return {
    tokens: by(a.tokens, b.tokens),
    passes: by(a.passes, b.passes),
    passTokens: by(a.passTokens, b.passTokens),
    drafted: by(a.drafted, b.drafted),
    accepted: by(a.accepted, b.accepted),
    mismatches: by(a.mismatches, b.mismatches),
  };
}
