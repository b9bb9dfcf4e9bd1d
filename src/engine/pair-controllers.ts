import { DraftController } from "../decoding/control/controller.ts";
import { readByDraft, type SharedTokens } from "../drafters/shared-tokens.ts";
import { getOrMake } from "./get-or-make.ts";
import { measureCosts, timeBatches } from "./measure.ts";
import type { BatchCosts, MeasureRequest, PassSettings } from "./pair.ts";
import type { OpenHeads, OpenModel } from "./port.ts";
import { largestBatch, type TimingSubjects } from "./timing.ts";

/** What of a pair costs time. */
export interface TimedParts {
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly heads: readonly OpenHeads[];
  readonly shared: SharedTokens;
}

/** What a controller starts from: enough to tell the sizes apart, in the time of some forty passes. */
const controllerMeasure: MeasureRequest = { maxBatch: 6, repetitions: 3, contextTokens: 32 };

/**
 * The controllers of a pair, and the costs that they all start from. One is kept for each way of
 * drafting: what was learned in one generation serves the next.
 */
export class PairControllers {
  readonly #parts: TimedParts;
  readonly #controllers = new Map<string, DraftController>();
  #costs: BatchCosts | undefined;

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
          targetMs: costs.targetMs,
          free: drafters.includes("ngram"),
          ...(drafters.includes("draft") && { model: draftCosts(costs) }),
          ...(drafters.includes("heads") && { model: this.#headsCosts(settings, costs) }),
        }),
    );
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
  ): Promise<BatchCosts | undefined> {
    const { target, draft, heads } = this.#parts;
    // A round that failed may have left a batch with branches.
    for (const model of [target, draft, ...heads]) {
      await model?.sequence.truncate(model.sequence.settled);
    }
    const rooms = [target, draft].map((model) =>
      model === undefined ? Infinity : largestBatch(model.sequence, model.sequence.tokens.length),
    );
    const maxBatch = Math.min(controllerMeasure.maxBatch, ...rooms);
    const subjects = await timingSubjects(this.#parts);
    if (target.sequence.tokens.length > 0 && maxBatch > 0) {
      return timeBatches(subjects, { ...controllerMeasure, maxBatch }, signal);
    }
    // At the very end of a context nothing can be measured, and hardly anything is left to choose.
    return inText ? undefined : measureCosts(subjects, controllerMeasure, signal);
  }

  #headsCosts({ heads: index = 0 }: PassSettings, { heads: all = [] }: BatchCosts) {
    const costs = all[index];
    if (costs === undefined) throw new Error("what heads cost was not measured");
    return { ...costs, oneBatch: this.#parts.heads[index]?.kind === "parallel" };
  }
}

/** A pair's parts as they are timed. */
export async function timingSubjects({
  target,
  draft,
  heads,
  shared,
}: TimedParts): Promise<TimingSubjects> {
  const [token] = readByDraft(shared, (await target.vocabulary.tokenize("a")).slice(-1));
  return {
    target: target.sequence,
    ...(draft !== undefined && { draft: draft.sequence }),
    heads,
    token: token ?? 0,
    clock: () => performance.now(),
  };
}

function needsController({ adaptive, draftLength }: PassSettings): boolean {
  return adaptive && draftLength > 0;
}

function draftCosts({ draftStepMs, draftTokenMs }: BatchCosts) {
  if (draftStepMs === undefined || draftTokenMs === undefined) {
    throw new Error("a draft model's costs were not measured");
  }
  return { stepMs: draftStepMs, tokenMs: draftTokenMs };
}
