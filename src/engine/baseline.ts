import type { DoneReason } from "../decoding/events.ts";
import type { SamplerSettings } from "../decoding/sampler.ts";
import type { PromptInput } from "./pair.ts";

/**
 * What of node-llama-cpp's own API decodes: `evaluate()` alone, or with its
 * `DraftSequenceTokenPredictor` or its `InputLookupTokenPredictor`.
 */
export type BaselineMethod = "evaluate" | "draft" | "lookup";

/** One generation by node-llama-cpp's own API. */
export interface BaselineRequest {
  readonly method: BaselineMethod;
  /** Tokens predicted for a pass: by the draft model so many, by lookup at most; 0 for neither. */
  readonly draftLength: number;
  readonly prompt: PromptInput;
  readonly sampler: SamplerSettings;
  readonly seed: number;
  readonly maxTokens: number;
}

/**
 * What a run consisted of, as far as node-llama-cpp's counters tell. All but `prefillTokens` is of
 * the passes behind the prompt, and defined as in `Counts`.
 */
export interface BaselineCounts {
  /** Tokens that came with the prompt's own batch, 1 or more: predictions are verified in it too. */
  readonly prefillTokens: number;
  readonly passes: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly mismatches: number;
  readonly draftedAt: readonly number[];
  readonly testedAt: readonly number[];
  readonly acceptedAt: readonly number[];
}

/** A generation that has ended. */
export interface BaselineRun {
  readonly promptTokens: number;
  readonly tokenIds: readonly number[];
  readonly text: string;
  readonly reason: Exclude<DoneReason, "aborted" | "stop">;
  readonly counts: BaselineCounts;
  /** Time to the first token, in ms: the prompts of both models and the first prediction are in it. */
  readonly firstTokenMs: number;
  /** Time from the last token that came with the prompt to the last token of all, in ms. */
  readonly decodeMs: number;
}

/** node-llama-cpp's own API with a pair of models loaded, wherever it lives. */
export interface BaselineRunner {
  /**
   * One generation at a time, from an empty context.
   *
   * @returns undefined where the signal stopped it
   */
  run(request: BaselineRequest, signal?: AbortSignal): Promise<BaselineRun | undefined>;
  /** Processor time used so far, in ms; left out where it has no process of its own. */
  cpuMs?(): Promise<number>;
}
