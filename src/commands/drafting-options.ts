import type { Options } from "yargs";
import { defaultTopK } from "../bench/default-top-k.ts";
import { defaultTypical } from "../decoding/typical-acceptance.ts";
import { defaultNgram } from "../engine/pair.ts";
import { maxAdaptiveLength } from "../limits.ts";
import type { Values } from "./config.ts";

const group = "Drafting:";

/** Flags of drafting that take one value in every command. */
export const draftingOptions = {
  accept: {
    choices: ["exact", "typical"],
    describe: "Acceptance rule: exact is lossless, typical takes any likely token and is lossy",
    group,
  },
  "typical-epsilon": {
    type: "string",
    requiresArg: true,
    describe: "Typical acceptance: a token at least this probable is always taken",
    group,
  },
  "typical-delta": {
    type: "string",
    requiresArg: true,
    describe: "Typical acceptance: how the threshold falls as the target grows less sure",
    group,
  },
  "ngram-min": {
    type: "string",
    requiresArg: true,
    describe: "Drafter ngram: fewest last tokens that must have occurred before",
    group,
  },
  "ngram-max": {
    type: "string",
    requiresArg: true,
    describe: "Drafter ngram: most last tokens that are compared",
    group,
  },
} as const satisfies Record<string, Options>;

/** Flags of drafting that are axes of a sweep elsewhere, with one value each. */
export const draftingValueOptions = {
  drafter: {
    type: "string",
    requiresArg: true,
    describe:
      "What drafts: draft (the model), heads, ngram (prompt lookup) or none; ngram,draft asks in turn",
    defaultDescription: "heads with --heads, else draft with a draft model, else none",
    group,
  },
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Tokens drafted in a row for one pass; auto chooses before each; 0 decodes plainly",
    defaultDescription: "4 with a drafter, else 0",
    group,
  },
  "top-k": {
    type: "string",
    requiresArg: true,
    describe: "Candidate filter: draft from the k likeliest tokens only; 1 is a chain; 0 for all",
    defaultDescription: "1 at temperature 0, else 10",
    group,
  },
  "tree-size": {
    type: "string",
    requiresArg: true,
    describe: "Tokens drafted in all for one pass, as a tree of candidates; 0 for a chain",
    defaultDescription: "the draft length",
    group,
  },
  "p-min": {
    type: "string",
    requiresArg: true,
    describe: "Stop a draft, or a branch, that the drafter finds less probable than this",
    group,
  },
} as const satisfies Record<string, Options>;

/** What `draftingOptions` come to where nothing else is said. */
export const draftingDefaults = {
  accept: "exact",
  "typical-epsilon": String(defaultTypical.epsilon),
  "typical-delta": String(defaultTypical.delta),
  "ngram-min": String(defaultNgram.min),
  "ngram-max": String(defaultNgram.max),
};

/**
 * What drafts where nothing else is said: draft heads before a draft model, since they are made for
 * this one target and are named to be used.
 */
export function defaultDrafter(given: Values): string {
  if (given.heads !== undefined) return "heads";
  return given.draft === undefined ? "none" : "draft";
}

/** What drafts in a sweep where nothing else is said: everything that was given. */
export function defaultDrafters(given: Values): readonly string[] {
  const drafters = (["draft", "heads"] as const).filter((name) => given[name] !== undefined);
  return drafters.length === 0 ? ["none"] : drafters;
}

/**
 * Draft lengths where nothing else is said.
 *
 * @param drafters what drafts
 * @param otherwise the lengths where anything does
 */
export function defaultDraftLen(drafters: readonly string[], otherwise: string): string {
  return drafters.every((drafter) => drafter === "none") ? "0" : otherwise;
}

/** What `draftingValueOptions` come to where nothing else is said. */
export function draftingValueDefaults(given: Values, otherwise: { readonly temp: string }) {
  const drafter = defaultDrafter(given);
  const draftLen = defaultDraftLen([String(given.drafter ?? drafter)], "4");
  const length = String(given["draft-len"] ?? draftLen);
  return {
    drafter,
    "draft-len": draftLen,
    "top-k": String(defaultTopK(Number(given.temp ?? otherwise.temp))),
    "tree-size": length.trim() === "auto" ? String(maxAdaptiveLength) : length,
    "p-min": "0",
  };
}
