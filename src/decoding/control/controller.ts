import { AcceptanceModel, type DraftedRank } from "./acceptance-model.ts";
import { CostCurve } from "./cost-curve.ts";

/** What was measured before: medians, in ms. */
export interface ControllerCosts {
  /** Entry i: one target batch of i + 1 tokens; 2 entries or more. */
  readonly targetMs: readonly number[];
  /** One draft step, and what a token costs that the drafter has to catch up on; 0 without a model. */
  readonly draftStepMs: number;
  readonly draftTokenMs: number;
}

/** What to draft for the next pass. */
export interface DraftPlan {
  /** Tokens to draft at most; 0 is a step of plain decoding. */
  readonly size: number;
  /** See `DraftRequest.pMin` and `DraftRequest.pGrow`. */
  readonly pMin: number;
  readonly pGrow: number;
  /** Tried in order to learn, and not because it is thought to be best. */
  readonly probe: boolean;
}

/** What became of a pass. */
export interface PassOutcome {
  readonly ranks: readonly DraftedRank[];
  /** Whether the target turned a drafted token down. */
  readonly mismatch: boolean;
  /** Tokens that were emitted. */
  readonly emitted: number;
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
}

/** What a pass of one size is expected to come to. */
interface Prospect {
  readonly tokens: number;
  readonly ms: number;
}

/** Share of the time that may be lost by trying what is not thought to be best. */
const probeShare = 0.01;
/** Plain steps that may be lost so before any time has passed. */
const firstProbes = 1;
/** A rank that was seen less often lately is not known. */
const knownFrom = 3;

/**
 * Chooses before every pass how much to draft, so that tokens per second come out highest: expected
 * tokens by what was accepted lately, divided by the expected time by what batches cost here. Zero
 * is one of the choices. What is not chosen is not seen, so now and then something else is tried,
 * within a fixed share of the time.
 *
 * The expectation is that of Leviathan et al. 2023, section 3.3, with the acceptance of each rank
 * instead of one α, and with measured batch costs instead of equal ones.
 */
export class DraftController {
  readonly #target: CostCurve;
  readonly #draft: CostCurve;
  readonly #draftTokenMs: number;
  readonly #acceptance = new AcceptanceModel();
  #overheadMs = 0;
  #passes = 0;
  /** What may still be lost by trying, in ms. */
  #credit: number;
  /** Tokens that the drafter has not seen, since it was not asked. */
  #unseen = 0;
  /** With what is lost by it if expectations are right, in ms. */
  #plan: DraftPlan & { readonly lossMs: number };

  constructor({ targetMs, draftStepMs, draftTokenMs }: ControllerCosts) {
    this.#target = new CostCurve(targetMs);
    this.#draft = new CostCurve(targetMs.map((_, i) => Math.max(draftStepMs * (i + 1), 1e-6)));
    this.#draftTokenMs = draftTokenMs;
    this.#credit = firstProbes * this.#target.at(1);
    this.#plan = { size: 0, pMin: 0, pGrow: 0, probe: false, lossMs: 0 };
  }

  /** A text begins, and the drafter has seen it: nothing is to be caught up on. */
  begin(): void {
    this.#unseen = 0;
  }

  /** @param largest what fits, and what was allowed */
  plan(largest: number): DraftPlan {
    const prospects = this.#prospects(largest);
    const rates = prospects.map(({ tokens, ms }) => tokens / ms);
    const best = indexOfLargest(rates);
    const rate = rates[best] as number;
    const probed = this.#worthTrying(best, prospects, rates);
    const size = probed ?? best;
    const { tokens, ms } = prospects[size] as Prospect;
    // What a threshold keeps out is not seen, so a probe has none.
    const floors = probed === undefined ? this.#thresholds(size, rate) : { pMin: 0, pGrow: 0 };
    const lossMs = probed === undefined ? 0 : Math.max(0, ms - tokens / rate);
    this.#plan = { size, ...floors, probe: probed !== undefined, lossMs };
    return this.#plan;
  }

  observe(outcome: PassOutcome): void {
    const { ranks, mismatch, emitted, draftMs, verifyMs, overheadMs } = outcome;
    const { size, lossMs } = this.#plan;
    const catchUpMs = this.#catchUpMs();
    this.#passes++;
    this.#overheadMs += (overheadMs - this.#overheadMs) / Math.min(this.#passes, 20);
    this.#target.observe(ranks.length + 1, verifyMs);
    if (size > 0) {
      this.#acceptance.observe(size, ranks, mismatch);
      if (ranks.length > 0) this.#draft.observe(ranks.length, Math.max(0, draftMs - catchUpMs));
      this.#unseen = 0;
    } else {
      this.#unseen += emitted;
    }
    this.#credit += probeShare * (draftMs + verifyMs + overheadMs) - lossMs;
  }

  /** What every size from 0 on is expected to give and to take. */
  #prospects(largest: number): readonly Prospect[] {
    let [tokens, drafted] = [1, 0];
    const prospects = [{ tokens, ms: this.#target.at(1) + this.#overheadMs }];
    for (const rank of this.#acceptance.expected(largest)) {
      tokens += rank.drafted * rank.accepted;
      drafted += rank.drafted;
      const batchMs = this.#draft.at(drafted) + this.#target.at(1 + drafted);
      prospects.push({ tokens, ms: batchMs + this.#overheadMs + this.#catchUpMs() });
    }
    return prospects;
  }

  /** One token is always new to the drafter, and is part of its first step. */
  #catchUpMs(): number {
    return Math.max(0, this.#unseen - 1) * this.#draftTokenMs;
  }

  /** A size to try instead of the best one, if it can be afforded and there is something to learn. */
  #worthTrying(
    best: number,
    prospects: readonly Prospect[],
    rates: readonly number[],
  ): number | undefined {
    const size = best === 0 ? 1 + indexOfLargest(rates.slice(1)) : best + 1;
    const tried = prospects[size];
    if (tried === undefined) return undefined;
    if (best > 0 && this.#acceptance.knowledgeOf(size - 1) >= knownFrom) return undefined;
    const lossMs = tried.ms - tried.tokens / (rates[best] as number);
    return lossMs <= this.#credit ? size : undefined;
  }

  /**
   * A token is worth a place in the batch where its chance exceeds what the place costs, in tokens
   * that the same time gives otherwise; it is worth drafting on from where that of the next one does.
   */
  #thresholds(size: number, rate: number): { pMin: number; pGrow: number } {
    if (size === 0) return { pMin: 0, pGrow: 0 };
    const placeMs = (this.#target.at(size + 1) - this.#target.at(1)) / size;
    const stepMs = this.#draft.at(size) / size;
    const ranks = this.#acceptance.expected(size);
    const following = (ranks.at(-1)?.accepted ?? 1) ** (1 / size);
    return {
      pMin: this.#acceptance.confidenceFor(Math.min(0.9, rate * Math.max(0, placeMs))),
      pGrow: this.#acceptance.confidenceFor(
        Math.min(0.9, (rate * Math.max(0, placeMs + stepMs)) / Math.max(following, 0.1)),
      ),
    };
  }
}

function indexOfLargest(values: readonly number[]): number {
  let best = 0;
  values.forEach((value, i) => {
    if (value > (values[best] as number)) best = i;
  });
  return best;
}
