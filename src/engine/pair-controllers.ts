import { DraftController } from "../decoding/control/controller.ts";
import { readByDraft, type SharedTokens } from "../drafters/shared-tokens.ts";
import { maxAdaptiveLength } from "../limits.ts";
import { laterSteps } from "./draft-timer.ts";
import { getOrMake } from "./get-or-make.ts";
import type { DraftTimes, PassSettings, RoundTimes, RoundTimesRequest } from "./pair.ts";
import type { OpenHeads, OpenModel } from "./port.ts";
import { timeRounds, timeRoundsBehind } from "./time-rounds.ts";
import { largestBatch, type TimingSubjects } from "./timing.ts";

/** What of a pair costs time. */
export interface TimedParts {
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly heads: readonly OpenHeads[];
  readonly shared: SharedTokens;
  /** Milliseconds from any fixed point; left out, the machine's. */
  readonly clock?: () => number;
}

/** What a controller starts from, in the time of some hundred passes at most. */
const controllerTimes = { repetitions: 3, budgetMs: 2000, contextTokens: 32 };
/** Every size that a pass may have; what a model catches up on may be more. */
const targetSizes = Array.from({ length: maxAdaptiveLength + 1 }, (_, i) => i + 1);
const draftSizes = [1, 2, 4, 8, 16];

/**
 * The controllers of a pair, and the costs that they all start from. One is kept for each way of
 * drafting: what was learned in one generation serves the next.
 */
export class PairControllers {
  readonly #parts: TimedParts;
  readonly #controllers = new Map<string, DraftController>();
  #costs: RoundTimes | undefined;

  constructor(parts: TimedParts) {
    this.#parts = parts;
  }

  /** Undefined where lengths are fixed, and where costs could not be measured. */
  of(settings: PassSettings): DraftController | undefined {
    const costs = this.#costs;
    if (!needsController(settings) || costs === undefined) return undefined;
    const { drafters, heads, ngram, topK, treeSize, pMin, typical, sampler } = settings;
    const key = JSON.stringify([drafters, heads, ngram, topK, treeSize, pMin, typical, sampler]);
    return getOrMake(
      this.#controllers,
      key,
      () =>
        new DraftController({
          target: costs.target,
          free: drafters.includes("ngram"),
          ...(drafters.includes("draft") && { model: draftCosts(costs) }),
          ...(drafters.includes("heads") && { model: this.#headsCosts(settings, costs) }),
        }),
    );
  }

  /** Takes over what was measured of all parts, so that a pair is measured once. */
  know(times: RoundTimes): void {
    const { draft, heads } = this.#parts;
    const isWhole =
      times.target.length > 1 &&
      (draft === undefined || times.draft !== undefined) &&
      (heads.length === 0 || times.heads?.length === heads.length);
    if (isWhole) this.#costs = times;
  }

  /**
   * Measures costs, once, when settings first need them: behind what the caches hold, which stays
   * there, or from an empty context. An abort leaves them unknown.
   *
   * @param settings of which the drafters are there
   */
  async measureFor(
    settings: PassSettings,
    { inText, signal }: { inText: boolean; signal: AbortSignal | undefined },
  ): Promise<void> {
    if (!needsController(settings) || this.#costs !== undefined) return;
    try {
      this.#costs = await this.#measure(inText, signal);
    } catch (error) {
      // The generation hears of it too, and ends in good order.
      if (signal?.aborted !== true) throw error;
    }
  }

  /** @returns undefined where nothing can be measured */
  async #measure(
    inText: boolean,
    signal: AbortSignal | undefined,
  ): Promise<RoundTimes | undefined> {
    const { target, draft, heads } = this.#parts;
    // A round that failed may have left a batch with branches.
    for (const model of [target, draft, ...heads]) {
      await model?.sequence.truncate(model.sequence.settled);
    }
    const subjects = await timingSubjects(this.#parts);
    const here = sizesFor(this.#parts, undefined);
    if (target.sequence.tokens.length > 0 && here !== undefined) {
      return timeRoundsBehind(subjects, here, signal);
    }
    const empty = sizesFor(this.#parts, controllerTimes.contextTokens);
    // At the very end of a context nothing can be measured, and hardly anything is left to choose.
    return inText || empty === undefined ? undefined : timeRounds(subjects, empty, signal);
  }

  #headsCosts({ heads: index = 0 }: PassSettings, { heads: all = [] }: RoundTimes) {
    const costs = all[index];
    if (costs === undefined) throw new Error("what heads cost was not measured");
    return { ...costs, oneBatch: this.#parts.heads[index]?.kind === "parallel" };
  }
}

/**
 * What fits of the sizes that a controller should know.
 *
 * @param contextTokens behind which it is measured; left out, behind what the caches hold
 * @returns undefined where that is less than two sizes of the target, or nothing of a draft model
 */
function sizesFor(
  { target, draft }: TimedParts,
  contextTokens: number | undefined,
): RoundTimesRequest | undefined {
  const roomOf = ({ sequence }: OpenModel) =>
    largestBatch(sequence, contextTokens ?? sequence.tokens.length);
  const targetRoom = roomOf(target);
  const draftRoom = draft === undefined ? Number.POSITIVE_INFINITY : roomOf(draft) - laterSteps - 1;
  if (targetRoom < 2 || draftRoom < 1) return undefined;
  return {
    ...controllerTimes,
    targetBatches: targetSizes.filter((size) => size <= targetRoom),
    draftBatches: draftSizes.filter((size) => size <= draftRoom),
  };
}

/** A pair's parts as they are timed. */
export async function timingSubjects({
  target,
  draft,
  heads,
  shared,
  clock = () => performance.now(),
}: TimedParts): Promise<TimingSubjects> {
  const [token] = readByDraft(shared, (await target.vocabulary.tokenize("a")).slice(-1));
  return {
    target: target.sequence,
    ...(draft !== undefined && { draft: draft.sequence }),
    heads,
    token: token ?? 0,
    clock,
  };
}

function needsController({ adaptive, draftLength }: PassSettings): boolean {
  return adaptive && draftLength > 0;
}

function draftCosts({ draft }: RoundTimes): DraftTimes {
  if (draft === undefined) throw new Error("a draft model's costs were not measured");
  return draft;
}
