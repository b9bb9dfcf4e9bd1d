/** The options whose values may turn out not to act. */
export const inertAxes = ["draft-len", "top-k", "tree-size", "p-min", "accept"] as const;

/** One of them. */
export type InertAxis = (typeof inertAxes)[number];

/** Why a value of an axis does not act as it stands. */
export interface InertRule {
  readonly axis: InertAxis;
  /**
   * When it is told: always; where the axis acts in no cell at all; or where cells come out equal
   * and are run once, which is always told.
   */
  readonly told: "always" | "alone" | "equal";
  /**
   * The rule in words.
   *
   * @param option the option with its values, as they were given
   * @param places where it holds
   */
  readonly text: (option: string, places: string) => string;
  readonly hint: string;
}

/** A value that does not act, and where. */
export interface InertNote {
  readonly rule: InertRule;
  /** What `InertRule.text` names; empty where the rule says it all. */
  readonly place: string;
}

/** Every rule by which a value cannot act. */
export const inertRules = {
  lengthBeyondHeads: {
    axis: "draft-len",
    told: "always",
    text: (option, places) =>
      `${option} goes beyond the heads of a file, which drafts one token a head: ${places}`,
    hint: "Lower --draft-len, or name a file with more heads.",
  },
  topKOfGreedyChain: {
    axis: "top-k",
    told: "alone",
    text: (option) =>
      `${option} cannot act on a chain at temperature 0: the likeliest candidate stays the same`,
    hint: "Raise --temp above 0, or draft a tree with --tree-size, to see what the filter does.",
  },
  topKBeyondTree: {
    axis: "top-k",
    told: "equal",
    text: (option, places) =>
      `of ${option} some are equal in a tree of ${places} at temperature 0, which holds no more candidates`,
    hint: "Raise --tree-size, or give smaller --top-k values.",
  },
  topKBehindSampler: {
    axis: "top-k",
    told: "equal",
    text: (option, places) =>
      `of ${option} those from ${places} up, and 0, are equal behind --sampler-top-k ${places}`,
    hint: "Give --top-k values below --sampler-top-k.",
  },
  topKOfNgramChain: {
    axis: "top-k",
    told: "alone",
    text: (option) =>
      `${option} cannot act on a chain of the drafter ngram, which has one candidate`,
    hint: "Draft a tree with --tree-size and --top-k 2 to see the second candidate.",
  },
  topKOfNgramTree: {
    axis: "top-k",
    told: "equal",
    text: (option) =>
      `of ${option} those from 2 up, and 0, are equal for the drafter ngram, which has two candidates at most`,
    hint: "Give --top-k 1,2 to compare them.",
  },
  treeOfOneCandidate: {
    axis: "tree-size",
    told: "alone",
    text: (option) => `${option} cannot act where one candidate stays, as with --top-k 1: a chain`,
    hint: "Give --top-k 2 or more for a tree.",
  },
  treeOfAutoChain: {
    axis: "tree-size",
    told: "equal",
    text: (option, places) =>
      `of ${option} some are equal with --draft-len auto and one candidate: a chain of up to ${places} tokens`,
    hint: "Give --top-k 2 or more for a tree.",
  },
  treeOfOneToken: {
    axis: "tree-size",
    told: "equal",
    text: (option) => `of ${option} 0 and 1 are equal: a tree of one token is a chain`,
    hint: "Raise --tree-size for a tree.",
  },
  treeBeyondFull: {
    axis: "tree-size",
    told: "equal",
    text: (option, places) =>
      `of ${option} some are equal at draft length ${places}: all candidates find a place`,
    hint: "Raise --draft-len or --top-k to fill larger trees.",
  },
  pMinOfAuto: {
    axis: "p-min",
    told: "always",
    text: (option) =>
      `${option} cannot act with --draft-len auto, which chooses itself how probable a draft must be`,
    hint: "Give draft lengths as numbers to see what --p-min does.",
  },
  pMinOfDrawnToken: {
    axis: "p-min",
    told: "always",
    text: (option) =>
      `${option} cannot act at draft length 1 above temperature 0: a token that was drawn has to stay`,
    hint: "Raise --draft-len to see what --p-min does.",
  },
  typicalOfGreedy: {
    axis: "accept",
    told: "always",
    text: (option) => `${option} is the exact rule at temperature 0`,
    hint: "Raise --temp above 0 to accept what is typical.",
  },
} as const satisfies Record<string, InertRule>;
