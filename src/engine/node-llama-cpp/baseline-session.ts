import {
  DraftSequenceTokenPredictor,
  InputLookupTokenPredictor,
  type LlamaContextSequence,
  type SequenceEvaluateOptions,
  type Token,
  type TokenPredictor,
} from "node-llama-cpp";
import { InvalidLogitsError } from "../../decoding/invalid-logits.ts";
import type { BaselineRequest, BaselineRun } from "../baseline.ts";
import { nameBadModel } from "../logits-failure.ts";
import type { OnLoadProgress } from "../open-pair.ts";
import type { PromptInput } from "../pair.ts";
import type { Vocabulary } from "../port.ts";
import { promptTokens } from "../prompt-tokens.ts";
import type { BaselineOptions } from "./baseline-protocol.ts";
import { type LoadedModel, loadModel } from "./engine.ts";
import { readModelFile } from "./model-file.ts";
import { countPredictions, type PredictionCounters } from "./prediction-counts.ts";
import { type Runtime, startRuntime } from "./runtime.ts";
import { modelVocabulary } from "./vocabulary.ts";

/** A loaded draft model with its only sequence. */
interface LoadedDraft extends LoadedModel {
  readonly sequence: LlamaContextSequence;
}

interface SessionParts {
  readonly runtime: Runtime;
  readonly target: LoadedModel;
  readonly draft: LoadedDraft | undefined;
}

/**
 * Loads a pair into this process for node-llama-cpp's own API, with the options that specdec's engine
 * over that API has. It decodes on threads of libuv's pool, so no other engine may share the process.
 *
 * @throws UserError where a model cannot be loaded
 */
export async function openBaselines(
  options: BaselineOptions,
  onProgress: OnLoadProgress,
): Promise<BaselineSession> {
  const runtime = await startRuntime(options);
  const load = (model: "target" | "draft", path: string, contextSize: number) =>
    loadModel(runtime, options, {
      path,
      contextSize,
      onProgress: (fraction) => onProgress({ model, fraction }),
    });
  const target = await load("target", options.target, options.contextSize);
  if (options.draft === undefined)
    return new BaselineSession({ runtime, target, draft: undefined });
  const { trainedContext } = (await readModelFile(options.draft)).info;
  const draftSize = Math.min(options.contextSize, trainedContext || options.contextSize);
  const own = await load("draft", options.draft, draftSize);
  const draft = { ...own, sequence: own.context.getSequence() };
  return new BaselineSession({ runtime, target, draft });
}

/** A token with its time, and the counters behind it. */
interface Step {
  readonly token: Token;
  readonly ms: number;
  readonly counters: PredictionCounters;
}

/** node-llama-cpp's own decoding, as its users call it. */
export class BaselineSession {
  readonly #parts: SessionParts;
  readonly #vocabulary: Vocabulary;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#vocabulary = modelVocabulary(parts.target.model, parts.target.file);
  }

  /** @returns undefined where the signal stopped it */
  async run(request: BaselineRequest, signal: AbortSignal): Promise<BaselineRun | undefined> {
    const prompt = await this.#tokens(request.prompt);
    const room = this.#parts.target.capacity - prompt.length + 1;
    if (room < 1) throw new Error("the prompt is longer than the context of the baseline rows");
    const most = Math.min(request.maxTokens, room);
    const predictor = await this.#predictor(request, prompt);
    const sequence = this.#parts.target.context.getSequence({
      ...(predictor !== undefined && { tokenPredictor: predictor }),
    });
    try {
      const before = sequence.tokenPredictions;
      const start = performance.now();
      const steps = await this.#decode(sequence, prompt, { request, most, signal });
      if (signal.aborted) return undefined;
      return this.#runOf(prompt, steps, { start, before, reachedRoom: most < request.maxTokens });
    } finally {
      await sequence.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#parts.draft?.close();
    await this.#parts.target.close();
    await this.#parts.runtime.close();
  }

  async #tokens(prompt: PromptInput): Promise<Token[]> {
    return (await promptTokens(this.#vocabulary, prompt)) as Token[];
  }

  async #predictor(
    { method, draftLength }: BaselineRequest,
    prompt: readonly Token[],
  ): Promise<TokenPredictor | undefined> {
    if (method === "evaluate") return undefined;
    if (method === "lookup") {
      const lookup = new InputLookupTokenPredictor({ predictionLength: { max: draftLength } });
      // Its chat classes do this for their users.
      lookup.updateInputTokens([...prompt]);
      return lookup;
    }
    const { draft } = this.#parts;
    if (draft === undefined) throw new Error("no draft model is loaded for node-llama-cpp");
    // What it drafted for the last text may still be under way; this waits for it.
    await draft.sequence.clearHistory();
    return new DraftSequenceTokenPredictor(draft.sequence, {
      // Otherwise it drafts what its background task happened to finish.
      minTokens: draftLength,
      maxTokens: draftLength,
      minConfidence: 0,
    });
  }

  async #decode(
    sequence: LlamaContextSequence,
    prompt: Token[],
    limits: {
      readonly request: BaselineRequest;
      readonly most: number;
      readonly signal: AbortSignal;
    },
  ): Promise<Step[]> {
    const { request, most, signal } = limits;
    const steps: Step[] = [];
    for await (const token of sequence.evaluate(prompt, evaluateOptions(request))) {
      if (token < 0) throw this.#invalidLogits();
      steps.push({ token, ms: performance.now(), counters: sequence.tokenPredictions });
      if (steps.length === most || this.#vocabulary.isEog(token) || signal.aborted) break;
    }
    return steps;
  }

  /** node-llama-cpp gives the token −1 where no logit is a number. */
  #invalidLogits(): unknown {
    const { file } = this.#parts.target.file.info;
    return nameBadModel(new InvalidLogitsError(), { target: file, drafting: [] });
  }

  #runOf(
    prompt: readonly Token[],
    steps: readonly Step[],
    run: {
      readonly start: number;
      readonly before: PredictionCounters;
      readonly reachedRoom: boolean;
    },
  ): BaselineRun {
    const [first, last] = [steps[0], steps.at(-1)];
    if (first === undefined || last === undefined) throw new Error("evaluate() gave no token");
    const counts = countPredictions([run.before, ...steps.map(({ counters }) => counters)]);
    const ended = this.#vocabulary.isEog(last.token);
    const detokenizer = this.#vocabulary.detokenizer(prompt);
    const written = ended ? steps.slice(0, -1) : steps;
    return {
      promptTokens: prompt.length,
      tokenIds: steps.map(({ token }) => token),
      text: written.map(({ token }) => detokenizer.push(token)).join("") + detokenizer.flush(),
      reason: ended ? "eog" : run.reachedRoom ? "context" : "length",
      counts,
      firstTokenMs: first.ms - run.start,
      decodeMs: last.ms - (steps[counts.prefillTokens - 1]?.ms ?? first.ms),
    };
  }
}

/** Repeat penalties are off where nothing is said of them. */
function evaluateOptions({ sampler, seed }: BaselineRequest): SequenceEvaluateOptions {
  return { ...sampler, seed, yieldEogToken: true };
}
