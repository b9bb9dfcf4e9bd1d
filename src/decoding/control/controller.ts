import { AcceptanceModel, type DraftedRank, type ExpectedRank } from "./acceptance-model.ts";
import { type BatchTime, batchMs } from "./batch-times.ts";
import { bestChoice, drafts, mostWorth, type Option, type Options, worthOf } from "./choices.ts";
import { CostCurve, Drift } from "./cost-curve.ts";
import { type DraftFloors, floorsFor, noFloors } from "./floors.ts";

/** What was measured before, and what there is to draft with. */
export interface ControllerOptions {
  /** Target batches of rising sizes from 1. */
  readonly target: readonly BatchTime[];
  /** A draft model, or heads. */
  readonly model?: {
    /** First batches of a draft, of rising sizes from 1: with all that has to be caught up on. */
    readonly batches: readonly BatchTime[];
    /** ms of a step after that. */
    readonly stepMs: number;
    /** Whether a draft of any length is one batch, and nothing has to be caught up on. */
    readonly oneBatch?: boolean;
  };
  /** Whether there is a drafter that costs nothing (`Drafter.free`), which is asked first. */
  readonly free: boolean;
}

/** What to draft for the next pass. */
export interface DraftPlan {
  /** Tokens that a model drafts at most; 0 asks none. */
  readonly modelSize: number;
  /** Tokens that are drafted at most where that costs nothing; 0 looks nothing up. */
  readonly freeSize: number;
  /** Floors of what a model drafts, and of what is drafted for nothing. */
  readonly floors: DraftFloors;
  readonly freeFloors: DraftFloors;
  /** Which of the two would be tried in order to learn, and not because it is thought to be best. */
  readonly modelProbe: boolean;
  readonly freeProbe: boolean;
}

/** What became of a pass. */
export interface PassOutcome {
  readonly ranks: readonly DraftedRank[];
  /** Whether a drafter that costs nothing made the draft. */
  readonly free: boolean;
  /** Whether a model was asked, with or without a proposal. */
  readonly asked: boolean;
  /** Whether the target turned a drafted token down. */
  readonly mismatch: boolean;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** What is expected of each rank, of what is looked up and of what a model drafts; empty without it. */
interface Expected {
  readonly free: readonly ExpectedRank[];
  readonly model: readonly ExpectedRank[];
}

/** A draft model as the controller knows it. */
interface ModelKnowledge {
  readonly acceptance: AcceptanceModel;
  /** Costs of drafting so many tokens. */
  readonly steps: CostCurve;
  /** First batches, by what they catch up on. */
  readonly reads: readonly BatchTime[];
  /** Whether drafting ends early without having saved anything. */
  readonly oneBatch: boolean;
}

/**
 * Share of the time that may be lost by trying what is not thought to be best: more where that is plain
 * decoding, for then nothing else is learned.
 */
const probeShare = { plain: 0.02, drafting: 0.01 };
/** One try counts as no more than so many times what it was expected to lose, and a plain step. */
const mostOfExpected = 3;
/** Plain steps that may be lost so before any time has passed. */
const firstProbes = 1;
/** A rank that was seen less often lately is not known. */
const knownFrom = 3;
/** A try may overdraw what is left for tries, but not by more than so many times. */
const mostInVain = 4;
/** Plain steps that may be saved up for tries. */
const mostCredit = 8;
/** Tokens a pass that a try has to promise beyond the best choice. */
const leastHope = 0.05;
/** A model that is caught up with serves so many passes from there on, at most. */
const mostPassesAhead = 16;

/**
 * Chooses before every pass how much to draft, so that tokens per second come out highest: expected
 * tokens by what was accepted lately, divided by the expected time by what batches cost here. Zero
 * is one of the choices. What is not chosen is not seen; so what may well be better than the best
 * choice, by how little is known of it, is tried, within a share of the time that such tries may cost.
 *
 * What is looked up for nothing and what a model drafts are two choices with an acceptance and a size
 * each: the first can be asked at any time, the second has to catch up on every token that it was not
 * asked about.
 *
 * The expectation is that of Leviathan et al. 2023, section 3.3, with the acceptance of each rank
 * instead of one α, and with measured batch costs instead of equal ones.
 */
export class DraftController {
  readonly #target: CostCurve;
  readonly #free: AcceptanceModel | undefined;
  readonly #model: ModelKnowledge | undefined;
  #overheadMs = 0;
  #passes = 0;
  /** What may still be lost by trying, in ms: by what tries have really lost. */
  #credit: number;
  /** Tokens that the model had not read when the plan was made. */
  #unread = 0;
  /** Passes that catching up now is likely to serve. */
  #passesAhead = 1;
  /** What the model had to read when it was asked, lately. */
  #usualUnread = 1;
  /** The plan of the pass that is under way, and what was thought to be best. */
  #plan: DraftPlan = plainly;
  #rate = 0;
  #isPlainBest = true;
  /** What tries lose if expectations are right, in ms. */
  #lossMs = { free: 0, model: 0 };

  constructor({ target, model, free }: ControllerOptions) {
    const drift = new Drift();
    this.#target = new CostCurve(target, drift);
    this.#free = free ? new AcceptanceModel() : undefined;
    this.#model = model && {
      acceptance: new AcceptanceModel(),
      steps: new CostCurve(draftTimes(model), drift),
      reads: model.batches,
      oneBatch: model.oneBatch ?? false,
    };
    this.#credit = firstProbes * this.#target.at(1);
  }

  /**
   * @param largest what fits, and what was allowed
   * @param unread tokens that the model would have to read first
   * @param left tokens that the text may still have
   */
  plan(largest: number, unread: number, left = Number.POSITIVE_INFINITY): DraftPlan {
    this.#unread = unread;
    this.#passesAhead = Math.max(1, Math.min(mostPassesAhead, left / 2));
    const [free, model] = [this.#free, this.#model?.acceptance];
    const [free0, model0] = [free?.expected(largest) ?? [], model?.expected(largest) ?? []];
    const best = bestChoice(this.#options({ free: free0, model: model0 }));
    const { rate, found, notFound } = best;
    // What a floor keeps out is drafted in a try.
    const usual = this.#options({ free: free0, model: whole(model0) });
    const hoped = this.#options({
      free: free?.hoped(largest) ?? [],
      model: whole(model?.hoped(largest) ?? []),
    });
    const triable = (kind: "free" | "model", acceptance: AcceptanceModel | undefined) =>
      acceptance && { acceptance, hoped: hoped[kind], expected: usual[kind] };
    const tryFree = this.#worthTrying(triable("free", free), { best: found, rate });
    const tryModel = this.#worthTrying(triable("model", model), { best: notFound, rate });
    const freeSize = tryFree?.size ?? (found.kind === "free" ? found.size : 0);
    const modelSize = tryModel?.size ?? notFound.size;
    this.#rate = rate;
    this.#isPlainBest = found.size + notFound.size === 0;
    this.#lossMs = { free: tryFree?.lossMs ?? 0, model: tryModel?.lossMs ?? 0 };
    const [freeProbe, modelProbe] = [tryFree !== undefined, tryModel !== undefined];
    this.#plan = {
      ...{ freeSize, modelSize, freeProbe, modelProbe },
      // What a floor keeps out is not seen, so a try has none.
      floors: modelProbe ? noFloors : this.#floors(model, modelSize, this.#stepMs(modelSize)),
      freeFloors: freeProbe ? noFloors : this.#floors(free, freeSize, 0),
    };
    return this.#plan;
  }

  observe(outcome: PassOutcome): void {
    const { ranks, free, asked, draftMs, verifyMs, overheadMs } = outcome;
    const ms = draftMs + verifyMs + overheadMs;
    const { freeSize, modelSize } = this.#plan;
    this.#passes++;
    this.#overheadMs += (overheadMs - this.#overheadMs) / Math.min(this.#passes, 20);
    this.#target.observe(ranks.length + 1, verifyMs);
    if (freeSize > 0) this.#free?.observe(freeSize, free ? ranks : [], free && outcome.mismatch);
    else this.#free?.rest();
    if (modelSize > 0 && asked) this.#observeModel(outcome);
    else this.#model?.acceptance.rest();
    const share = this.#isPlainBest ? probeShare.plain : probeShare.drafting;
    const credit = this.#credit + share * ms - this.#lostBy(outcome, ms);
    this.#credit = Math.min(credit, mostCredit * this.#target.at(1));
  }

  /**
   * What the pass has lost, in ms, if it was a try; less than nothing if it went well, so that the
   * next may follow at once. A machine that paused meanwhile is not its fault.
   */
  #lostBy({ ranks, free, asked }: PassOutcome, ms: number): number {
    const { freeProbe, modelProbe } = this.#plan;
    if (!(free ? freeProbe : modelProbe && asked)) return 0;
    const tokens = 1 + ranks.filter(({ accepted }) => accepted).length;
    const lossMs = free ? this.#lossMs.free : this.#lossMs.model;
    const most = mostOfExpected * lossMs + this.#target.at(1);
    return Math.min(most, ms - tokens / this.#rate);
  }

  #observeModel({ ranks, free, mismatch, draftMs }: PassOutcome): void {
    if (this.#model === undefined) return;
    const { acceptance, steps } = this.#model;
    const own = free ? [] : ranks;
    acceptance.observe(this.#plan.modelSize, own, !free && mismatch);
    // A draft that was dropped for its first token has cost a step too.
    steps.observe(Math.max(1, own.length), Math.max(0, draftMs - this.#readMs(this.#unread)));
    this.#usualUnread += (this.#unread - this.#usualUnread) / Math.min(this.#passes, 10);
  }

  /** What each choice is expected to give and to take. */
  #options({ free, model }: Expected): Options {
    const finds = free[0]?.drafted ?? 0;
    const given = free.map((rank) => ({ ...rank, drafted: rank.drafted / finds }));
    const readMs = this.#investedMs();
    const plain = { kind: "plain", size: 0, tokens: 1, ms: this.#time(0) } as const;
    return {
      ...{ finds, plain },
      free: drafts(given).map(({ tokens, drafted }, i) => {
        return { kind: "free", size: i + 1, tokens, ms: this.#time(drafted) };
      }),
      model: drafts(model).map(({ tokens, drafted }, i) => {
        const ms = this.#time(drafted) + this.#draftMs(drafted) + readMs;
        return { kind: "model", size: i + 1, tokens, ms };
      }),
    };
  }

  /** Expected ms of a pass that verifies so many drafted tokens, without drafting them. */
  #time(drafted: number): number {
    return this.#target.at(1 + drafted) + this.#overheadMs;
  }

  #floors(of: AcceptanceModel | undefined, size: number, stepMs: number): DraftFloors {
    if (of === undefined || size === 0) return noFloors;
    const placeMs = (this.#target.at(size + 1) - this.#target.at(1)) / size;
    return floorsFor(of, { size, rate: this.#rate, placeMs, stepMs });
  }

  /** What going on with a draft by one token costs, averaged over drafts up to `size`. */
  #stepMs(size: number): number {
    if (this.#model === undefined || this.#model.oneBatch || size === 0) return 0;
    return this.#model.steps.at(size) / size;
  }

  /** Expected ms of drafting: a draft that is dropped for its first token costs a step too. */
  #draftMs(drafted: number): number {
    return this.#model?.steps.at(Math.max(1, drafted)) ?? 0;
  }

  /** ms of catching up. One token is always new to the model, and is part of its first step. */
  #readMs(unread: number): number {
    if (this.#model === undefined || this.#model.oneBatch || unread <= 1) return 0;
    const { reads } = this.#model;
    return Math.max(0, batchMs(reads, unread) - batchMs(reads, 1));
  }

  /** What catching up costs a pass, where more than usual serves the passes from there on too. */
  #investedMs(): number {
    const now = this.#readMs(this.#unread);
    return Math.min(now, Math.max(this.#readMs(this.#usualUnread), now / this.#passesAhead));
  }

  /**
   * What to try instead of the best choice, if that may well be better: of another drafter the size
   * that is expected to lose least, for a short draft shows as well as a long one whether it is any
   * good; of the same one the next size, if that is not known.
   */
  #worthTrying(
    untried: Untried | undefined,
    { best, rate }: { readonly best: Option; readonly rate: number },
  ): Try | undefined {
    if (untried === undefined) return undefined;
    const { acceptance, hoped, expected } = untried;
    const worth = (option: Option | undefined) =>
      option === undefined ? Number.NEGATIVE_INFINITY : worthOf(option, rate);
    const isSame = expected[0]?.kind === best.kind;
    if (isSame && acceptance.knowledgeOf(best.size) >= knownFrom) return undefined;
    const tried = isSame
      ? expected[best.size]
      : expected.length > 0
        ? mostWorth(expected, rate)
        : undefined;
    const hope = isSame ? worth(hoped[best.size]) : Math.max(...hoped.map(worth));
    if (tried === undefined || hope <= worth(best) + leastHope) return undefined;
    const laterMs = tried.kind === "model" ? this.#readMs(this.#unread) - this.#investedMs() : 0;
    const lossMs = Math.max(0, (worth(best) - worth(tried)) / rate) + laterMs;
    const inVainMs = (worth(best) - worth({ ...tried, tokens: 1 })) / rate + laterMs;
    const isAffordable = Math.max(lossMs, inVainMs / mostInVain) <= this.#credit;
    return isAffordable ? { size: tried.size, lossMs } : undefined;
  }
}

/** Passes of one drafter without floors, by size from 1. */
interface Untried {
  readonly acceptance: AcceptanceModel;
  /** As they may well be. */
  readonly hoped: readonly Option[];
  /** As they are expected to be. */
  readonly expected: readonly Option[];
}

/** What is tried, and what it is expected to lose, in ms. */
interface Try {
  readonly size: number;
  readonly lossMs: number;
}

const plainly: DraftPlan = {
  ...{ modelSize: 0, freeSize: 0, modelProbe: false, freeProbe: false },
  ...{ floors: noFloors, freeFloors: noFloors },
};

/** Costs of drafts, by their length: steps after a first one, or one batch. */
function draftTimes({ batches, stepMs, oneBatch }: Required<ControllerOptions>["model"]) {
  if (oneBatch) return batches;
  const first = batchMs(batches, 1);
  return [
    { tokens: 1, ms: first },
    { tokens: 2, ms: first + stepMs },
  ];
}

/** What is expected where no floor keeps anything out. */
function whole(ranks: readonly ExpectedRank[]): ExpectedRank[] {
  return ranks.map((rank) => ({ ...rank, drafted: 1 }));
}
