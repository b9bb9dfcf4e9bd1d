import { AcceptanceModel, type DraftedRank, type ExpectedRank } from "./acceptance-model.ts";
import { CostCurve, Drift } from "./cost-curve.ts";

/** What was measured before, and what there is to draft with. */
export interface ControllerOptions {
  /** Entry i: ms of one target batch of i + 1 tokens, a median; 2 entries or more. */
  readonly targetMs: readonly number[];
  /** A draft model, or heads. */
  readonly model?: {
    /** ms of one step. */
    readonly stepMs: number;
    /** ms of a further token in a batch: one that has to be caught up on. */
    readonly tokenMs: number;
    /** Whether a draft of any length is one batch, and nothing has to be caught up on. */
    readonly oneBatch?: boolean;
  };
  /** Whether there is a drafter that costs nothing (`Drafter.free`), which is asked first. */
  readonly free: boolean;
}

/** Draft probabilities of a path: see `DraftRequest.pMin` and `DraftRequest.pGrow`. */
export interface DraftFloors {
  readonly pMin: number;
  readonly pGrow: number;
}

/** What to draft for the next pass. */
export interface DraftPlan {
  /** Tokens to draft at most; 0 is a step of plain decoding. */
  readonly size: number;
  /** Whether only drafters that cost nothing are asked. */
  readonly freeOnly: boolean;
  /** Floors of what a model drafts, and of what is drafted for nothing. */
  readonly floors: DraftFloors;
  readonly freeFloors: DraftFloors;
  /** Tried in order to learn, and not because it is thought to be best. */
  readonly probe: boolean;
}

/** What became of a pass. */
export interface PassOutcome {
  readonly ranks: readonly DraftedRank[];
  /** Whether a drafter that costs nothing made the draft. */
  readonly free: boolean;
  /** Whether the target turned a drafted token down. */
  readonly mismatch: boolean;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** What a pass of one size is expected to come to. */
interface Prospect {
  readonly size: number;
  readonly freeOnly: boolean;
  readonly tokens: number;
  readonly ms: number;
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
  /** ms of a token that has to be caught up on. */
  readonly tokenMs: number;
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
const noFloors: DraftFloors = { pMin: 0, pGrow: 0 };

/**
 * Chooses before every pass how much to draft, so that tokens per second come out highest: expected
 * tokens by what was accepted lately, divided by the expected time by what batches cost here. Zero
 * is one of the choices. What is not chosen is not seen, so now and then something else is tried,
 * within a fixed share of the time that such tries may cost.
 *
 * What is looked up for nothing and what a model drafts are two choices with an acceptance each: the
 * first can be asked at any time, the second has to catch up on every token that it was not asked
 * about.
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
  /** The plan of the pass that is under way, and what was thought to be best. */
  #plan: DraftPlan = { ...plainly, floors: noFloors, freeFloors: noFloors, probe: false };
  #best: Prospect = { ...plainly, tokens: 1, ms: Number.POSITIVE_INFINITY };
  /** What a try loses if expectations are right, in ms; 0 for the best plan. */
  #lossMs = 0;

  constructor({ targetMs, model, free }: ControllerOptions) {
    const drift = new Drift();
    const oneBatch = model?.oneBatch ?? false;
    this.#target = new CostCurve(targetMs, drift);
    this.#free = free ? new AcceptanceModel() : undefined;
    this.#model = model && {
      acceptance: new AcceptanceModel(),
      steps: new CostCurve(
        targetMs.map((_, i) => model.stepMs + i * (oneBatch ? model.tokenMs : model.stepMs)),
        drift,
      ),
      tokenMs: oneBatch ? 0 : model.tokenMs,
      oneBatch,
    };
    this.#credit = firstProbes * this.#target.at(1);
  }

  /**
   * @param largest what fits, and what was allowed
   * @param unread tokens that were emitted since the model was last asked, which it has to catch up on
   */
  plan(largest: number, unread: number): DraftPlan {
    this.#unread = unread;
    const free = this.#free?.expected(largest) ?? [];
    const model = this.#model?.acceptance.expected(largest) ?? [];
    const best = fastest(this.#prospects({ free, model }));
    // What a floor keeps out is drafted in a try.
    const whole = model.map((rank) => ({ ...rank, drafted: 1 }));
    const probed = this.#worthTrying(best, this.#prospects({ free, model: whole }));
    const { size, freeOnly } = probed ?? best;
    const rate = rateOf(best);
    const place = this.#placeMs(size);
    // What a threshold keeps out is not seen, so a probe has none.
    const floors = (of: AcceptanceModel | undefined, stepMs: number) =>
      of === undefined || size === 0 || probed !== undefined
        ? noFloors
        : floorsFor(of, { size, rate, placeMs: place, stepMs });
    this.#best = best;
    this.#lossMs = probed === undefined ? 0 : Math.max(0, lossOf(probed, best));
    this.#plan = {
      size,
      freeOnly,
      floors: floors(this.#model?.acceptance, this.#stepMs(size)),
      freeFloors: floors(this.#free, 0),
      probe: probed !== undefined,
    };
    return this.#plan;
  }

  observe(outcome: PassOutcome): void {
    const { ranks, free, draftMs, verifyMs, overheadMs } = outcome;
    const ms = draftMs + verifyMs + overheadMs;
    const { size, freeOnly } = this.#plan;
    this.#passes++;
    this.#overheadMs += (overheadMs - this.#overheadMs) / Math.min(this.#passes, 20);
    this.#target.observe(ranks.length + 1, verifyMs);
    if (size > 0) this.#free?.observe(size, free ? ranks : [], free && outcome.mismatch);
    if (size > 0 && !freeOnly && !free) this.#observeModel(outcome);
    const share = this.#best.size === 0 ? probeShare.plain : probeShare.drafting;
    this.#credit += share * ms - this.#lostBy(ranks, ms);
  }

  /**
   * What the pass has lost, in ms, if it was a try. One that went well has lost nothing, so that the
   * next may follow at once; a machine that paused meanwhile is not its fault.
   */
  #lostBy(ranks: readonly DraftedRank[], ms: number): number {
    if (!this.#plan.probe) return 0;
    const tokens = 1 + ranks.filter(({ accepted }) => accepted).length;
    const most = mostOfExpected * this.#lossMs + this.#target.at(1);
    return Math.min(most, Math.max(0, ms - tokens / rateOf(this.#best)));
  }

  #observeModel({ ranks, mismatch, draftMs }: PassOutcome): void {
    if (this.#model === undefined) return;
    const { acceptance, steps } = this.#model;
    acceptance.observe(this.#plan.size, ranks, mismatch);
    // A draft that was dropped for its first token has cost a step too.
    steps.observe(Math.max(1, ranks.length), Math.max(0, draftMs - this.#catchUpMs()));
  }

  /** What each choice is expected to give and to take; the first is plain decoding. */
  #prospects({ free, model }: Expected): readonly Prospect[] {
    const toModel = 1 - (free[0]?.drafted ?? 0);
    const prospects: Prospect[] = [{ ...plainly, tokens: 1, ms: this.#time(0) }];
    const withModel: Prospect[] = [];
    let [freeTokens, freeDrafted, modelTokens, modelDrafted] = [0, 0, 0, 0];
    for (let i = 0; i < Math.max(free.length, model.length); i++) {
      const size = i + 1;
      const [found, guessed] = [free[i], model[i]];
      if (found !== undefined) {
        freeTokens += found.drafted * found.accepted;
        freeDrafted += found.drafted;
        const tokens = 1 + freeTokens;
        prospects.push({ size, freeOnly: true, tokens, ms: this.#time(freeDrafted) });
      }
      if (guessed !== undefined) {
        modelTokens += guessed.drafted * guessed.accepted;
        modelDrafted += guessed.drafted;
        const tokens = 1 + freeTokens + toModel * modelTokens;
        const draftMs = this.#draftMs(modelDrafted);
        const ms = this.#time(freeDrafted + toModel * modelDrafted) + toModel * draftMs;
        withModel.push({ size, freeOnly: false, tokens, ms });
      }
    }
    return [...prospects, ...withModel];
  }

  /** Expected ms of a pass that verifies so many drafted tokens, without drafting them. */
  #time(drafted: number): number {
    return this.#target.at(1 + drafted) + this.#overheadMs;
  }

  /** What one more place in a batch costs, averaged over the places up to `size`. */
  #placeMs(size: number): number {
    return size === 0 ? 0 : (this.#target.at(size + 1) - this.#target.at(1)) / size;
  }

  /** What going on with a draft by one token costs, averaged over drafts up to `size`. */
  #stepMs(size: number): number {
    if (this.#model === undefined || this.#model.oneBatch) return 0;
    return this.#model.steps.at(size) / size;
  }

  /** Expected ms of asking the model: a draft that is dropped for its first token costs a step too. */
  #draftMs(drafted: number): number {
    return (this.#model?.steps.at(Math.max(1, drafted)) ?? 0) + this.#catchUpMs();
  }

  /** One token is always new to the model, and is part of its first step. */
  #catchUpMs(): number {
    return Math.max(0, this.#unread - 1) * (this.#model?.tokenMs ?? 0);
  }

  /** What to try instead of the best choice, if it can be afforded and there is something to learn. */
  #worthTrying(best: Prospect, prospects: readonly Prospect[]): Prospect | undefined {
    const { size, freeOnly } = best;
    const others: Prospect[] = [];
    const drafting = prospects.slice(1);
    const ofFree = drafting.filter((prospect) => prospect.freeOnly);
    const ofModel = drafting.filter((prospect) => !prospect.freeOnly);
    if (size === 0) others.push(...fastestOf(ofFree));
    else if ((this.#knowledge(freeOnly)?.knowledgeOf(size) ?? 0) < knownFrom) {
      const same = freeOnly ? ofFree : ofModel;
      others.push(...same.filter((prospect) => prospect.size === size + 1));
    }
    if (freeOnly) others.push(...fastestOf(ofModel));
    return others.find((other) => lossOf(other, best) <= this.#credit);
  }

  #knowledge(freeOnly: boolean): AcceptanceModel | undefined {
    return freeOnly ? this.#free : this.#model?.acceptance;
  }
}

const plainly = { size: 0, freeOnly: true } as const;

/**
 * A token is worth a place in the batch where its chance exceeds what the place costs, in tokens
 * that the same time gives otherwise; it is worth drafting on from where that of the next one does.
 */
function floorsFor(
  acceptance: AcceptanceModel,
  costs: { size: number; rate: number; placeMs: number; stepMs: number },
): DraftFloors {
  const { size, rate, stepMs } = costs;
  const placeMs = Math.max(0, costs.placeMs);
  const following = (acceptance.expected(size).at(-1)?.accepted ?? 1) ** (1 / size);
  return {
    pMin: acceptance.confidenceFor(Math.min(0.9, rate * placeMs)),
    pGrow: acceptance.confidenceFor(
      Math.min(0.9, (rate * (placeMs + stepMs)) / Math.max(following, 0.1)),
    ),
  };
}

function rateOf({ tokens, ms }: Prospect): number {
  return tokens / ms;
}

/** What a choice takes longer, in ms, than the best one would for the same tokens. */
function lossOf({ tokens, ms }: Prospect, best: Prospect): number {
  return ms - tokens / rateOf(best);
}

/** The first of the fastest. */
function fastest(prospects: readonly Prospect[]): Prospect {
  return prospects.reduce((best, each) => (rateOf(each) > rateOf(best) ? each : best));
}

function fastestOf(prospects: readonly Prospect[]): readonly Prospect[] {
  return prospects.length === 0 ? [] : [fastest(prospects)];
}
