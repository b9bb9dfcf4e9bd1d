import { AcceptanceModel, type ExpectedRank } from "./acceptance-model.ts";
import { bestChoice, drafts, type Options } from "./choices.ts";
import { type DraftPlan, type PassOutcome, plainPlan } from "./draft-plan.ts";
import { type DraftFloors, floorsFor, noFloors } from "./floors.ts";
import { type MeasuredCosts, PassCosts } from "./pass-costs.ts";
import { type BestOption, type Try, TryBudget } from "./tries.ts";

/** What was measured before, and what there is to draft with. */
export interface ControllerOptions extends MeasuredCosts {
  /** Whether there is a drafter that costs nothing (`Drafter.free`), which is asked first. */
  readonly free: boolean;
}

/** What is expected of each rank, of what is looked up and of what a model drafts; empty without it. */
interface Expected {
  readonly free: readonly ExpectedRank[];
  readonly model: readonly ExpectedRank[];
}

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
  readonly #costs: PassCosts;
  readonly #budget: TryBudget;
  readonly #free: AcceptanceModel | undefined;
  readonly #model: AcceptanceModel | undefined;
  /** The plan of the pass that is under way, and what was thought to be best. */
  #plan: DraftPlan = plainPlan;
  #rate = 0;
  #isPlainBest = true;
  #tries: { readonly free: Try | undefined; readonly model: Try | undefined } | undefined;

  constructor({ free, ...costs }: ControllerOptions) {
    this.#costs = new PassCosts(costs);
    this.#budget = new TryBudget(this.#costs.stepMs);
    this.#free = free ? new AcceptanceModel() : undefined;
    this.#model = costs.model && new AcceptanceModel();
  }

  /**
   * @param largest what fits, and what was allowed
   * @param unread tokens that the model would have to read first
   * @param left tokens that the text may still have
   */
  plan(largest: number, unread: number, left = Number.POSITIVE_INFINITY): DraftPlan {
    this.#costs.begin(unread, left);
    const expected = {
      free: this.#free?.expected(largest) ?? [],
      model: this.#model?.expected(largest) ?? [],
    };
    const { found, notFound, rate } = bestChoice(this.#options(expected));
    const tries = this.#triesFor(largest, expected, {
      free: { best: found, rate },
      model: { best: notFound, rate },
    });
    const freeSize = tries.free?.size ?? (found.kind === "free" ? found.size : 0);
    const modelSize = tries.model?.size ?? notFound.size;
    this.#rate = rate;
    this.#isPlainBest = found.size + notFound.size === 0;
    this.#tries = tries;
    const [freeProbe, modelProbe] = [tries.free !== undefined, tries.model !== undefined];
    this.#plan = {
      ...{ freeSize, modelSize, freeProbe, modelProbe },
      // What a floor keeps out is not seen, so a try has none.
      floors: modelProbe ? noFloors : this.#floors("model", modelSize),
      freeFloors: freeProbe ? noFloors : this.#floors("free", freeSize),
    };
    return this.#plan;
  }

  observe(outcome: PassOutcome): void {
    const { ranks, free, asked, mismatch } = outcome;
    const { freeSize, modelSize } = this.#plan;
    this.#costs.observe(ranks.length, outcome);
    if (freeSize > 0) this.#free?.observe(freeSize, free ? ranks : [], free && mismatch);
    else this.#free?.rest();
    if (modelSize > 0 && asked) {
      const own = free ? [] : ranks;
      this.#model?.observe(modelSize, own, !free && mismatch);
      this.#costs.observeDraft(own.length, outcome.draftMs);
    } else this.#model?.rest();
    this.#settle(outcome);
  }

  /** What tries may lose from here on. */
  #settle({ ranks, free, asked, draftMs, verifyMs, overheadMs }: PassOutcome): void {
    const ms = draftMs + verifyMs + overheadMs;
    const { stepMs } = this.#costs;
    const tried = free ? this.#tries?.free : asked ? this.#tries?.model : undefined;
    if (tried !== undefined) {
      const tokens = 1 + ranks.filter(({ accepted }) => accepted).length;
      this.#budget.spend(ms - tokens / this.#rate, tried, stepMs);
    }
    this.#budget.earn(ms, { isPlainBest: this.#isPlainBest, stepMs });
  }

  #triesFor(
    largest: number,
    expected: Expected,
    best: { readonly free: BestOption; readonly model: BestOption },
  ): { free: Try | undefined; model: Try | undefined } {
    // What a floor keeps out is drafted in a try.
    const usual = this.#options({ ...expected, model: whole(expected.model) });
    const hoped = this.#options({
      free: this.#free?.hoped(largest) ?? [],
      model: whole(this.#model?.hoped(largest) ?? []),
    });
    const tryOf = (kind: "free" | "model", investedMs: number) => {
      const acceptance = kind === "free" ? this.#free : this.#model;
      if (acceptance === undefined) return undefined;
      const untried = { acceptance, hoped: hoped[kind], expected: usual[kind], investedMs };
      return this.#budget.worthTrying(untried, best[kind]);
    };
    return { free: tryOf("free", 0), model: tryOf("model", this.#costs.investedMs) };
  }

  /** What each choice is expected to give and to take. */
  #options({ free, model }: Expected): Options {
    const costs = this.#costs;
    const finds = free[0]?.drafted ?? 0;
    const given = free.map((rank) => ({ ...rank, drafted: rank.drafted / finds }));
    const readMs = costs.caughtUpMs;
    return {
      finds,
      plain: { kind: "plain", size: 0, tokens: 1, ms: costs.passMs(0) },
      free: drafts(given).map(({ tokens, drafted }, i) => {
        return { kind: "free", size: i + 1, tokens, ms: costs.passMs(drafted) };
      }),
      model: drafts(model).map(({ tokens, drafted }, i) => {
        const ms = costs.passMs(drafted) + costs.draftMs(drafted) + readMs;
        return { kind: "model", size: i + 1, tokens, ms };
      }),
    };
  }

  #floors(kind: "free" | "model", size: number): DraftFloors {
    const acceptance = kind === "free" ? this.#free : this.#model;
    if (acceptance === undefined || size === 0) return noFloors;
    const placeMs = this.#costs.placeMs(size);
    const stepMs = kind === "free" ? 0 : this.#costs.draftedMs(size);
    return floorsFor(acceptance, { size, rate: this.#rate, placeMs, stepMs });
  }
}

/** What is expected where no floor keeps anything out. */
function whole(ranks: readonly ExpectedRank[]): ExpectedRank[] {
  return ranks.map((rank) => ({ ...rank, drafted: 1 }));
}
