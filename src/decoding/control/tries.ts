import type { AcceptanceModel } from "./acceptance-model.ts";
import { mostWorth, type Option, worthOf } from "./choices.ts";

/**
 * Share of the time that may be lost by trying what is not thought to be best: more where that is plain
 * decoding, for then nothing else is learned.
 */
const probeShare = { plain: 0.018, drafting: 0.01 };
/** One try counts as no more than so many times what it was expected to lose, and a plain step. */
const mostOfExpected = 3;
/** Plain steps that may be lost so before any time has passed, and that may be saved up. */
const firstCredit = 1;
const mostCredit = 8;
/** A try may overdraw what is left for tries, but not by more than so many times. */
const mostInVain = 4;
/** A rank that was seen less often lately is not known. */
const knownFrom = 3;
/** Tokens a pass that a try has to promise beyond the best choice. */
const leastHope = 0.05;

/** What may be tried of one drafter: passes without floors, by size from 1. */
export interface Untried {
  readonly acceptance: AcceptanceModel;
  /** As they may well be. */
  readonly hoped: readonly Option[];
  /** As they are expected to be. */
  readonly expected: readonly Option[];
  /** ms of a pass that are not in these, since later passes gain by them too. */
  readonly investedMs: number;
}

/** What is tried, and what it is expected to lose, in ms. */
export interface Try {
  readonly size: number;
  readonly lossMs: number;
}

/** What is thought to be best, and the tokens per ms that it comes to. */
export interface BestOption {
  readonly best: Option;
  readonly rate: number;
}

/** What may still be lost by trying: by what tries have really lost and won. */
export class TryBudget {
  #creditMs: number;

  /** @param stepMs of a plain step */
  constructor(stepMs: number) {
    this.#creditMs = firstCredit * stepMs;
  }

  /**
   * What to try instead of the best choice, if that may well be better: of another drafter the size
   * that is expected to lose least, for a short draft shows as well as a long one whether it is any
   * good; of the same one the next size, if that is not known.
   */
  worthTrying(
    { acceptance, hoped, expected, investedMs }: Untried,
    { best, rate }: BestOption,
  ): Try | undefined {
    const worth = (option: Option) => worthOf(option, rate);
    const isSame = expected[0]?.kind === best.kind;
    if (isSame && acceptance.knowledgeOf(best.size) >= knownFrom) return undefined;
    const from = isSame ? best.size : 0;
    const to = isSame ? best.size + 1 : expected.length;
    const [tried, hope] = [expected.slice(from, to), hoped.slice(from, to)].map((options) =>
      options.length === 0 ? undefined : mostWorth(options, rate),
    );
    if (tried === undefined || hope === undefined) return undefined;
    if (worth(hope) <= worth(best) + leastHope) return undefined;
    const lossMs = Math.max(0, (worth(best) - worth(tried)) / rate) + investedMs;
    const inVainMs = (worth(best) - worth({ ...tried, tokens: 1 })) / rate + investedMs;
    const isAffordable = Math.max(lossMs, inVainMs / mostInVain) <= this.#creditMs;
    return isAffordable ? { size: tried.size, lossMs } : undefined;
  }

  /** A pass has ended. @param ms that it took */
  earn(ms: number, { isPlainBest, stepMs }: { isPlainBest: boolean; stepMs: number }): void {
    const share = isPlainBest ? probeShare.plain : probeShare.drafting;
    this.#creditMs = Math.min(this.#creditMs + share * ms, mostCredit * stepMs);
  }

  /**
   * A try has ended. One that went well has lost less than nothing, so that the next may follow at
   * once; a machine that paused meanwhile is not its fault.
   *
   * @param lostMs compared with what was thought to be best
   */
  spend(lostMs: number, { lossMs }: Try, stepMs: number): void {
    this.#creditMs -= Math.min(mostOfExpected * lossMs + stepMs, lostMs);
  }
}
