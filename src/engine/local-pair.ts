import { DraftController } from "../decoding/control/controller.ts";
import type { Drafter } from "../decoding/drafter.ts";
import type { GenerateEvent } from "../decoding/events.ts";
import { generate } from "../decoding/generate.ts";
import { seededRandom } from "../decoding/random.ts";
import { DraftModelDrafter } from "../drafters/draft-model.ts";
import { firstOf } from "../drafters/first-of.ts";
import { NgramDrafter } from "../drafters/ngram.ts";
import { noDrafter } from "../drafters/none.ts";
import { environmentError, usageError } from "../errors.ts";
import { measureCosts } from "./measure.ts";
import type { BatchCosts, GenerateRequest, MeasureRequest, Pair, PairInfo } from "./pair.ts";
import type { Engine, OpenModel } from "./port.ts";

/** What a pair is made of. */
export interface LocalPairParts {
  readonly engine: Engine;
  readonly info: PairInfo;
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly sharedVocabularySize: number;
}

/** What a controller starts from: enough to tell the sizes apart, in the time of some forty passes. */
const loadTimeMeasure: MeasureRequest = { maxBatch: 6, repetitions: 3, contextTokens: 32 };

/** A pair in this process; `openPair` loads one. */
export class LocalPair implements Pair {
  readonly info: PairInfo;
  readonly #parts: LocalPairParts;
  readonly #ngrams = new Map<string, NgramDrafter>();
  readonly #controllers = new Map<string, DraftController>();
  #costs: BatchCosts | undefined;

  constructor(parts: LocalPairParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    const { target } = this.#parts;
    const prompt = await this.#promptTokens(request);
    const controller = await this.#controller(request);
    yield* generate({
      ...request,
      target: target.sequence,
      drafter: this.#drafter(request),
      ...(controller !== undefined && { controller }),
      text: target.vocabulary,
      prompt,
      random: seededRandom(request.seed),
      clock: () => performance.now(),
      ...(signal !== undefined && { signal }),
    });
  }

  async measure(request: MeasureRequest): Promise<BatchCosts> {
    const { target, draft } = this.#parts;
    const [token] = (await target.vocabulary.tokenize("a")).slice(-1);
    return measureCosts(
      {
        target: target.sequence,
        ...(draft !== undefined && { draft: draft.sequence }),
        token: token ?? 0,
        clock: () => performance.now(),
      },
      request,
    );
  }

  async close(): Promise<void> {
    await this.#parts.draft?.close();
    await this.#parts.target.close();
    await this.#parts.engine.close();
  }

  /** Behind the end of the draft's context nothing can be drafted. */
  #smallerContext(): number {
    const { target, draft } = this.#parts;
    return Math.min(target.sequence.capacity, draft?.sequence.capacity ?? Infinity);
  }

  async #promptTokens(request: GenerateRequest): Promise<number[]> {
    const { prompt } = request;
    const { vocabulary, sequence } = this.#parts.target;
    const tokens =
      prompt.type === "chat"
        ? await vocabulary.tokenizeChat(prompt.messages)
        : await vocabulary.tokenize(prompt.text);
    if (tokens.length === 0) {
      throw usageError(
        "the prompt is empty",
        "Give it as an argument, or - to read it from stdin.",
      );
    }
    const room = usesDraftModel(request) ? this.#smallerContext() : sequence.capacity;
    if (tokens.length <= room) return tokens;
    const whose = room < sequence.capacity ? "the draft model's context" : "the context";
    throw environmentError(
      "prompt-too-long",
      `the prompt has ${tokens.length} tokens, and ${whose} holds ${room}`,
      "Shorten the prompt, or ask for a larger context with --ctx.",
    );
  }

  #drafter(request: GenerateRequest): Drafter {
    if (request.draftLength === 0) return noDrafter;
    const { engine } = this.#parts;
    if (request.treeSize > 0 && !engine.info.trees) {
      throw environmentError(
        "no-trees",
        `the engine ${engine.info.engine} evaluates chains only`,
        "Use --tree-size 0, or --engine libllama.",
      );
    }
    const drafters = request.drafters.map((name) =>
      name === "draft" ? this.#draftModel(request) : this.#ngram(request),
    );
    return drafters.length === 1 ? (drafters[0] as Drafter) : firstOf(drafters);
  }

  #draftModel({ wholeChunks }: GenerateRequest): Drafter {
    const { draft, sharedVocabularySize } = this.#parts;
    if (draft === undefined) {
      throw usageError("the drafter draft needs a draft model", "Name one with --draft.");
    }
    return new DraftModelDrafter({ sequence: draft.sequence, sharedVocabularySize, wholeChunks });
  }

  /** Kept from one generation to the next, so that a conversation is not indexed again. */
  #ngram({ ngram }: GenerateRequest): Drafter {
    return getOrMake(this.#ngrams, JSON.stringify(ngram), () => new NgramDrafter(ngram));
  }

  /** Kept for each way of drafting: what was learned in one generation serves the next. */
  async #controller(request: GenerateRequest): Promise<DraftController | undefined> {
    if (!request.adaptive || request.draftLength === 0) return undefined;
    this.#costs ??= await this.measure(loadTimeMeasure);
    const costs = this.#costs;
    const { drafters, ngram, topK, treeSize, pMin, typical, sampler } = request;
    const key = JSON.stringify([drafters, ngram, topK, treeSize, pMin, typical, sampler]);
    return getOrMake(
      this.#controllers,
      key,
      () =>
        new DraftController({
          targetMs: costs.targetMs,
          free: drafters.includes("ngram"),
          ...(drafters.includes("draft") && { model: draftCosts(costs) }),
        }),
    );
  }
}

function getOrMake<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function draftCosts({ draftStepMs, draftTokenMs }: BatchCosts) {
  if (draftStepMs === undefined || draftTokenMs === undefined) {
    throw new Error("a draft model's costs were not measured");
  }
  return { stepMs: draftStepMs, tokenMs: draftTokenMs };
}

function usesDraftModel({ draftLength, drafters }: GenerateRequest): boolean {
  return draftLength > 0 && drafters.includes("draft");
}
