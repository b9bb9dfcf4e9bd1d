import type { GenerateEvent, RoundEvent } from "./events.ts";

/** Counts and times of one generation, or of several added up. All follow from events alone. */
export interface Counts {
  /** Emitted tokens, the first one included. */
  readonly tokens: number;
  /** Tokens emitted by passes: all but the first, which the prefill gives. */
  readonly passTokens: number;
  /** Batched evaluations of the target after the prefill. */
  readonly passes: number;
  /** Tokens sent to the target for verification. */
  readonly drafted: number;
  /** Drafted tokens that were emitted. */
  readonly accepted: number;
  /** Passes in which the target turned a drafted token down. */
  readonly mismatches: number;
  /** Emitted tokens that the exact rule would not have chosen (see `RoundEvent`). */
  readonly deviations: number;
  /** Entry n: passes for which a controller chose to draft n tokens; empty without one. */
  readonly plannedSizes: readonly number[];
  /** Passes that drafted in order to learn (see `RoundEvent`). */
  readonly probes: number;
  /** Entry n: passes that drafted n tokens. */
  readonly draftedSizes: readonly number[];
  /** Entry n: passes for which a model that drafts read n tokens in its first batch. */
  readonly modelReads: readonly number[];
  /** Entry n: its further batches of n tokens: steps, and levels of trees. */
  readonly modelBatches: readonly number[];
  /** Entry i: passes that drafted at least i + 1 tokens in a row. */
  readonly draftedAt: readonly number[];
  /** Entry i: of those, passes that tested it: all before it were accepted, the text went on. */
  readonly testedAt: readonly number[];
  /** Entry i: passes that accepted at least i + 1 tokens. */
  readonly acceptedAt: readonly number[];
  /** By name of what drafted, its passes: their sum is less where nothing was drafted. */
  readonly drafters: Readonly<Record<string, DrafterCounts>>;
  /** Time of the prefill of both models, in ms. */
  readonly prefillMs: number;
  /** Prompt tokens that the target's cache held already. */
  readonly reusedTokens: number;
  readonly promptTokens: number;
  /** Time to the first token, in ms. */
  readonly firstTokenMs: number;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

type DraftCounts = Pick<
  Counts,
  "passes" | "drafted" | "accepted" | "mismatches" | "draftedAt" | "acceptedAt"
>;

/** Counts of the passes that one drafter drafted for; see `Counts`. */
export interface DrafterCounts extends DraftCounts {
  /** Tokens emitted before the last of them: all that it had to read. */
  readonly read: number;
}

/** Counts of a drafter that never drafted. */
export const noDrafts: DrafterCounts = {
  passes: 0,
  drafted: 0,
  accepted: 0,
  mismatches: 0,
  draftedAt: [],
  acceptedAt: [],
  read: 0,
};

/** Counts of nothing. */
export const noCounts: Counts = {
  tokens: 0,
  passTokens: 0,
  passes: 0,
  drafted: 0,
  accepted: 0,
  mismatches: 0,
  deviations: 0,
  plannedSizes: [],
  probes: 0,
  draftedSizes: [],
  modelReads: [],
  modelBatches: [],
  draftedAt: [],
  testedAt: [],
  acceptedAt: [],
  drafters: {},
  prefillMs: 0,
  reusedTokens: 0,
  promptTokens: 0,
  firstTokenMs: 0,
  draftMs: 0,
  verifyMs: 0,
  overheadMs: 0,
};

/** The counts after one more event of the same generation. */
export function count(counts: Counts, event: GenerateEvent): Counts {
  switch (event.type) {
    case "prefill":
      return countPrefill(counts, event);
    case "first-token":
      return {
        ...counts,
        tokens: counts.tokens + event.emitted.length,
        firstTokenMs: counts.firstTokenMs + event.ms,
        prefillMs: counts.prefillMs + event.ms,
      };
    case "round":
      return countRound(counts, event);
    case "done":
      return counts;
  }
}

/** Adds the counts of two generations. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    tokens: a.tokens + b.tokens,
    ...addDrafts(a, b),
    passTokens: a.passTokens + b.passTokens,
    deviations: a.deviations + b.deviations,
    plannedSizes: addEach(a.plannedSizes, b.plannedSizes),
    probes: a.probes + b.probes,
    draftedSizes: addEach(a.draftedSizes, b.draftedSizes),
    modelReads: addEach(a.modelReads, b.modelReads),
    modelBatches: addEach(a.modelBatches, b.modelBatches),
    testedAt: addEach(a.testedAt, b.testedAt),
    drafters: Object.entries(b.drafters).reduce(addDrafter, a.drafters),
    prefillMs: a.prefillMs + b.prefillMs,
    reusedTokens: a.reusedTokens + b.reusedTokens,
    promptTokens: a.promptTokens + b.promptTokens,
    firstTokenMs: a.firstTokenMs + b.firstTokenMs,
    draftMs: a.draftMs + b.draftMs,
    verifyMs: a.verifyMs + b.verifyMs,
    overheadMs: a.overheadMs + b.overheadMs,
  };
}

/** Time after the first token and the prefills: the sum of all rounds, in ms. */
export function decodeMs(counts: Counts): number {
  return counts.draftMs + counts.verifyMs + counts.overheadMs;
}

/** Tokens after the first per second of decoding time; NaN before the first pass. */
export function tokensPerSecond(counts: Counts): number {
  return (counts.passTokens / decodeMs(counts)) * 1000;
}

/** accepted / drafted: what engines report. It falls with draft length on an unchanged pair. */
export function draftAcceptanceRate(counts: Pick<Counts, "accepted" | "drafted">): number {
  return counts.accepted / counts.drafted;
}

/** α = accepted / (accepted + first mismatches): of the tokens that were really tested. */
export function perTokenAcceptance(counts: Pick<Counts, "accepted" | "mismatches">): number {
  return counts.accepted / (counts.accepted + counts.mismatches);
}

/** τ = tokens emitted / passes, the target's own token included. */
export function meanAcceptanceLength(counts: Pick<Counts, "passTokens" | "passes">): number {
  return counts.passTokens / counts.passes;
}

/** Emitted tokens that the exact rule would not have chosen / tokens emitted by passes. */
export function deviationRate(counts: Counts): number {
  return counts.deviations / counts.passTokens;
}

/** Mean tokens drafted for a pass; NaN before the first one. */
export function meanDraftedSize({ drafted, passes }: Counts): number {
  return drafted / passes;
}

/** Entry i: passes that accepted position i / passes that drafted it. */
export function positionAcceptance(counts: Counts): number[] {
  return counts.draftedAt.map((drafted, i) => (counts.acceptedAt[i] ?? 0) / drafted);
}

/** Entry i: passes that accepted position i / passes that tested it: i - 1 was accepted. */
export function conditionalAcceptance(counts: Counts): number[] {
  return counts.testedAt.map((tested, i) => (counts.acceptedAt[i] ?? 0) / tested);
}

/** Entry n: passes that accepted n drafted tokens; empty where nothing was drafted. */
export function acceptedLengths({ passes, acceptedAt, drafted }: Counts): number[] {
  if (drafted === 0) return [];
  const atLeast = [passes, ...acceptedAt];
  return atLeast.map((count, n) => count - (atLeast[n + 1] ?? 0));
}

function countPrefill(counts: Counts, event: Extract<GenerateEvent, { type: "prefill" }>): Counts {
  if (event.done < event.total) return counts;
  // The target's own prefill ends with the first token, whose event carries the time.
  if (event.model === "draft") return { ...counts, prefillMs: counts.prefillMs + event.ms };
  return {
    ...counts,
    promptTokens: counts.promptTokens + event.total,
    reusedTokens: counts.reusedTokens + event.reused,
  };
}

function countRound(counts: Counts, round: RoundEvent): Counts {
  const own = countsOfDraft(round);
  return {
    ...counts,
    ...addDrafts(counts, own),
    tokens: counts.tokens + round.emitted.length,
    passTokens: counts.passTokens + round.emitted.length,
    drafters: countDrafter(counts, round.drafter, own),
    deviations: counts.deviations + round.deviations,
    plannedSizes: addEach(counts.plannedSizes, oneAt(round.plan?.size)),
    probes: counts.probes + (round.plan?.probe === true ? 1 : 0),
    draftedSizes: addEach(counts.draftedSizes, oneAt(round.drafted.length)),
    modelReads: addEach(counts.modelReads, oneAt(round.modelBatches?.[0])),
    modelBatches: (round.modelBatches?.slice(1) ?? [])
      .map(oneAt)
      .reduce(addEach, counts.modelBatches),
    testedAt: addEach(counts.testedAt, ones(own.accepted + own.mismatches)),
    draftMs: counts.draftMs + round.draftMs,
    verifyMs: counts.verifyMs + round.verifyMs,
    overheadMs: counts.overheadMs + round.overheadMs,
  };
}

function countsOfDraft(round: RoundEvent): DraftCounts {
  return {
    passes: 1,
    drafted: round.drafted.length,
    accepted: round.accepted,
    mismatches: round.rejected === undefined ? 0 : 1,
    draftedAt: ones(draftDepth(round)),
    acceptedAt: ones(round.accepted),
  };
}

function countDrafter(
  { drafters, tokens }: Counts,
  name: string | undefined,
  own: DraftCounts,
): Counts["drafters"] {
  if (name === undefined) return drafters;
  return addDrafter(drafters, [name, { ...own, read: tokens - (drafters[name]?.read ?? 0) }]);
}

function addDrafter(
  drafters: Counts["drafters"],
  [name, counts]: readonly [string, DrafterCounts],
): Counts["drafters"] {
  const known = drafters[name] ?? noDrafts;
  const sum = { ...addDrafts(known, counts), read: known.read + counts.read };
  return { ...drafters, [name]: sum };
}

function addDrafts(a: DraftCounts, b: DraftCounts): DraftCounts {
  return {
    passes: a.passes + b.passes,
    drafted: a.drafted + b.drafted,
    accepted: a.accepted + b.accepted,
    mismatches: a.mismatches + b.mismatches,
    draftedAt: addEach(a.draftedAt, b.draftedAt),
    acceptedAt: addEach(a.acceptedAt, b.acceptedAt),
  };
}

/** The length of the longest path through the drafted tokens. */
function draftDepth(round: RoundEvent): number {
  const depths: number[] = [];
  for (const { parent } of round.drafted) depths.push((depths[parent] ?? 0) + 1);
  return Math.max(0, ...depths);
}

/** Nothing where there is no index. */
function oneAt(index: number | undefined): number[] {
  return index === undefined ? [] : [...new Array<number>(index).fill(0), 1];
}

function ones(length: number): number[] {
  return Array.from({ length }, () => 1);
}

function addEach(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}
