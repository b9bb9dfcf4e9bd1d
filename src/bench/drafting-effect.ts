import { draftersOf } from "../drafter-choice.ts";
import { type InertNote, inertRules } from "./inert-rules.ts";
import type { Cell } from "./report.ts";

/** How a cell drafts: one value of every axis. */
export type Drafting = Omit<Cell, "id" | "method">;

/** What of a drafting's values really acts. */
export interface DraftingEffect {
  /** Draftings with the same effect, drafter, heads and temperature are the same. */
  readonly effect: Pick<Drafting, "draftLen" | "topK" | "treeSize" | "pMin" | "accept">;
  /** The values that do not act as they stand. */
  readonly notes: readonly InertNote[];
}

/**
 * What of a drafting's values acts, and why the others do not.
 *
 * @param samplerTopK the sampler's own top-k, which the draft follows; 0 keeps all
 * @param headCount heads in the file that drafts, if one does
 */
export function effectOf(
  asked: Drafting,
  samplerTopK: number,
  headCount = Number.POSITIVE_INFINITY,
): DraftingEffect {
  const draftLen = draftLenEffect(asked, headCount);
  const drafting = { ...asked, draftLen: draftLen.value };
  const width = widthOf(drafting, samplerTopK);
  const isChain = drafting.treeSize <= 1 || width === 1;
  const topK = topKEffect(drafting, width, isChain);
  const treeSize = treeSizeEffect(drafting, width);
  const pMin = pMinEffect(drafting);
  const accept = acceptEffect(drafting);
  return {
    effect: {
      draftLen: draftLen.value,
      topK: topK.value,
      treeSize: treeSize.value,
      pMin: pMin.value,
      accept: accept.value,
    },
    notes: [draftLen, topK, treeSize, pMin, accept].flatMap(({ note }) =>
      note === undefined ? [] : [note],
    ),
  };
}

interface Acting<T> {
  readonly value: T;
  readonly note?: InertNote | undefined;
}

/** Candidates that a position of a tree may have. */
function widthOf({ drafter, topK, temp }: Drafting, samplerTopK: number): number {
  const given = topK === 0 ? Number.POSITIVE_INFINITY : topK;
  const widths = draftersOf(drafter).map((name) => {
    // What followed most often and what followed last.
    if (name === "ngram") return Math.min(given, 2);
    // Drawn candidates come from the sampler's own filter first.
    return temp > 0 && samplerTopK > 0 ? Math.min(given, samplerTopK) : given;
  });
  return Math.max(...widths);
}

/** A head drafts one token, and there are no more of them; beside them lookup goes further. */
function draftLenEffect(
  { drafter, heads, draftLen, adaptive }: Drafting,
  headCount: number,
): Acting<number> {
  if (drafter !== "heads" || draftLen <= headCount) return { value: draftLen };
  if (adaptive) return { value: headCount };
  const place = `${headCount} (${heads?.name ?? "heads"})`;
  return { value: headCount, note: { rule: inertRules.lengthBeyondHeads, place } };
}

function topKEffect(drafting: Drafting, width: number, isChain: boolean): Acting<number> {
  const { drafter, topK, treeSize, temp } = drafting;
  const act = (value: number, rule: InertNote["rule"], place = ""): Acting<number> => {
    const whole = Number.isFinite(value) ? value : 0;
    return { value: whole, note: whole === topK ? undefined : { rule, place } };
  };
  const onlyNgram = drafter === "ngram";
  if (onlyNgram && isChain) return act(1, inertRules.topKOfNgramChain);
  if (onlyNgram) return act(width, inertRules.topKOfNgramTree);
  if (temp > 0) return act(width, inertRules.topKBehindSampler, String(width));
  if (treeSize === 0) return act(1, inertRules.topKOfGreedyChain);
  return act(Math.min(width, treeSize), inertRules.topKBeyondTree, String(treeSize));
}

function treeSizeEffect(drafting: Drafting, width: number): Acting<number> {
  const { draftLen, adaptive, treeSize } = drafting;
  if (treeSize === 0) return { value: 0 };
  if (width === 1) {
    // It bounds the lengths that may be chosen: see `lengthOf`.
    const bounds = adaptive && treeSize <= draftLen;
    const rule = bounds ? inertRules.treeOfAutoChain : inertRules.treeOfOneCandidate;
    return { value: 0, note: { rule, place: String(draftLen) } };
  }
  if (treeSize === 1) return { value: 0, note: { rule: inertRules.treeOfOneToken, place: "" } };
  const full = fullTree(width, draftLen);
  if (treeSize <= full) return { value: treeSize };
  return { value: full, note: { rule: inertRules.treeBeyondFull, place: String(draftLen) } };
}

/** Tokens of a tree that has everything. */
function fullTree(width: number, depth: number): number {
  let size = 0;
  for (let level = 1; level <= depth; level++) size += width ** level;
  return size;
}

function pMinEffect({ drafter, draftLen, adaptive, pMin, temp }: Drafting): Acting<number> {
  if (pMin === 0) return { value: 0 };
  if (adaptive) return { value: 0, note: { rule: inertRules.pMinOfAuto, place: "" } };
  const drawn = temp > 0 && (drafter === "draft" || drafter === "heads");
  if (!drawn || draftLen > 1) return { value: pMin };
  return { value: 0, note: { rule: inertRules.pMinOfDrawnToken, place: "" } };
}

function acceptEffect({ accept, temp }: Drafting): Acting<Drafting["accept"]> {
  if (accept === "exact" || temp > 0) return { value: accept };
  return { value: "exact", note: { rule: inertRules.typicalOfGreedy, place: "" } };
}
