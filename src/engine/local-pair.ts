import type { Drafter } from "../decoding/drafter.ts";
import { emittedIn, type GenerateEvent } from "../decoding/events.ts";
import { generate } from "../decoding/generate.ts";
import type { PassOptions } from "../decoding/generate-options.ts";
import { asDrafted } from "../decoding/invalid-logits.ts";
import { seededRandom } from "../decoding/random.ts";
import { DraftModelDrafter } from "../drafters/draft-model.ts";
import { firstOf } from "../drafters/first-of.ts";
import { HeadsDrafter } from "../drafters/heads.ts";
import { NgramDrafter } from "../drafters/ngram.ts";
import { noDrafter } from "../drafters/none.ts";
import type { SharedTokens } from "../drafters/shared-tokens.ts";
import { environmentError, usageError } from "../errors.ts";
import { getOrMake } from "./get-or-make.ts";
import { nameBadModel } from "./logits-failure.ts";
import type {
  GenerateRequest,
  InteractivePair,
  PairInfo,
  PassSettings,
  PromptFacts,
  PromptInput,
  Ranking,
  RankRequest,
  RoundTimes,
  RoundTimesRequest,
  TunablePair,
} from "./pair.ts";
import { PairControllers, timingSubjects } from "./pair-controllers.ts";
import type { Engine, OpenHeads, OpenModel } from "./port.ts";
import { promptFacts, promptTokens } from "./prompt-tokens.ts";
import { rankText } from "./rank-text.ts";
import { withReasoning } from "./reasoning/follow.ts";
import { requireRollBack } from "./roll-back.ts";
import { SpokenAnswers } from "./spoken-answers.ts";
import { timeRounds } from "./time-rounds.ts";

/** What a pair is made of. */
export interface LocalPairParts {
  readonly engine: Engine;
  readonly info: PairInfo;
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly heads: readonly OpenHeads[];
  /** With the draft model; without one, all ids. */
  readonly shared: SharedTokens;
  /** Milliseconds from any fixed point; left out, the machine's. */
  readonly clock?: () => number;
}

/** A pair in this process; `openPair` loads one. */
export class LocalPair implements InteractivePair, TunablePair {
  readonly info: PairInfo;
  readonly #parts: LocalPairParts;
  readonly #ngrams = new Map<string, NgramDrafter>();
  readonly #controllers: PairControllers;
  readonly #spoken: SpokenAnswers;
  /** Settings that the running generation has not taken up yet. */
  #adjustment: PassSettings | undefined;

  constructor(parts: LocalPairParts) {
    this.info = parts.info;
    this.#parts = parts;
    this.#controllers = new PairControllers(parts);
    this.#spoken = new SpokenAnswers(parts.target.vocabulary);
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    this.#adjustment = undefined;
    const { target } = this.#parts;
    const { written, prompt } = await this.#fittingPrompt(request);
    const first = this.#drafter(request, request.wholeChunks);
    await this.#controllers.measureFor(request, { inText: false, signal });
    let settings: PassSettings = request;
    let pass = this.#passOptions(request, first);
    const change = async (): Promise<PassOptions | undefined> => {
      if (this.#adjustment === undefined) return undefined;
      const before = settings;
      settings = this.#adjustment;
      this.#adjustment = undefined;
      const goesOn = sameDrafters(before, settings);
      const drafter = goesOn ? pass.drafter : this.#drafter(settings, request.wholeChunks);
      await this.#controllers.measureFor(settings, { inText: true, signal });
      pass = this.#passOptions(settings, drafter);
      return pass;
    };
    const begun = request.prompt.begun ?? [];
    const asked = written.slice(0, written.length - begun.length);
    const answer: number[] = [...begun];
    const events = generate({
      ...request,
      ...pass,
      change,
      target: target.sequence,
      text: target.vocabulary,
      prompt,
      random: seededRandom(request.seed),
      clock: this.#parts.clock ?? (() => performance.now()),
      ...(signal !== undefined && { signal }),
    });
    try {
      const context = { text: target.vocabulary, prompt: asked, begun };
      for await (const event of withReasoning(events, context)) {
        answer.push(...emittedIn(event).map(({ token }) => token));
        yield event;
      }
    } catch (error) {
      throw this.#explained(error, settings);
    } finally {
      const isText = (token: number) => !target.vocabulary.isEog(token);
      if (request.standalone !== true) {
        this.#spoken.remember({ prompt: asked, answer: answer.filter(isText) });
      }
    }
  }

  adjust(settings: PassSettings): void {
    this.#adjustment = settings;
  }

  async countTokens(prompt: PromptInput): Promise<number> {
    return this.#spoken.restore(await this.#tokens(prompt)).length;
  }

  async inspectPrompt(prompt: PromptInput): Promise<PromptFacts> {
    return promptFacts(this.#parts.target.vocabulary, prompt);
  }

  async timeRounds(request: RoundTimesRequest, signal?: AbortSignal): Promise<RoundTimes> {
    try {
      const times = await timeRounds(await timingSubjects(this.#parts), request, signal);
      this.#controllers.know(times);
      return times;
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async rank(request: RankRequest): Promise<Ranking> {
    const prompt = this.#spoken.restore(await this.#tokens(request.prompt));
    try {
      return await rankText(this.#parts, prompt, request);
    } catch (error) {
      throw this.#explained(asDrafted(error));
    }
  }

  async close(): Promise<void> {
    for (const heads of this.#parts.heads) await heads.close();
    await this.#parts.draft?.close();
    await this.#parts.target.close();
    await this.#parts.engine.close();
  }

  /** Names the file whose logits choose no token. @param settings of the pass; left out, anything may have drafted */
  #explained(error: unknown, settings?: PassSettings): unknown {
    const { target, draft, heads } = this.#parts;
    const drafting = [
      ...(draft !== undefined && settings?.drafters.includes("draft") !== false ? [draft] : []),
      ...(settings?.drafters.includes("heads") === false ? [] : heads),
    ];
    const files = { target: target.info.file, drafting: drafting.map(({ info }) => info.file) };
    return nameBadModel(error, files);
  }

  /** Behind the end of the draft's context nothing can be drafted. */
  #smallerContext(): number {
    const { target, draft } = this.#parts;
    return Math.min(target.sequence.capacity, draft?.sequence.capacity ?? Infinity);
  }

  async #tokens(prompt: PromptInput): Promise<number[]> {
    return promptTokens(this.#parts.target.vocabulary, prompt);
  }

  /**
   * The prompt as the tokenizer writes it and as it goes to the model, with answers in the tokens that
   * the model chose. Those may be more: where only they do not fit, it goes there as it is written.
   */
  async #fittingPrompt(
    request: GenerateRequest,
  ): Promise<{ readonly written: number[]; readonly prompt: number[] }> {
    const { sequence } = this.#parts.target;
    const written = await this.#tokens(request.prompt);
    if (written.length === 0) {
      throw usageError(
        "the prompt is empty",
        "Give it as an argument, or - to read it from stdin.",
      );
    }
    const room = usesDraftModel(request) ? this.#smallerContext() : sequence.capacity;
    const restored = this.#spoken.restore(written);
    if (restored.length <= room) return { written, prompt: restored };
    if (written.length <= room) return { written, prompt: written };
    const whose = room < sequence.capacity ? "the draft model's context" : "the context";
    throw environmentError(
      "prompt-too-long",
      `the prompt has ${written.length} tokens, and ${whose} holds ${room}`,
      "Shorten the prompt, or ask for a larger context with --ctx.",
    );
  }

  #passOptions(settings: PassSettings, drafter: Drafter): PassOptions {
    const { draftLength, topK, treeSize, pMin, typical, sampler } = settings;
    const controller = this.#controllers.of(settings);
    return { drafter, draftLength, topK, treeSize, pMin, typical, sampler, controller };
  }

  #drafter(settings: PassSettings, wholeChunks: boolean): Drafter {
    if (settings.draftLength === 0) return noDrafter;
    const { engine, target } = this.#parts;
    requireRollBack(target.info);
    if (settings.treeSize > 0 && !engine.info.trees) {
      throw environmentError(
        "no-trees",
        `the engine ${engine.info.engine} evaluates chains only`,
        "Use --tree-size 0, or --engine libllama.",
      );
    }
    const make = {
      draft: () => this.#draftModel(wholeChunks),
      ngram: () => this.#ngram(settings.ngram),
      heads: () => new HeadsDrafter(this.#heads(settings)),
    };
    const drafters = settings.drafters.map((name) => make[name]());
    return drafters.length === 1 ? (drafters[0] as Drafter) : firstOf(drafters);
  }

  #draftModel(wholeChunks: boolean): Drafter {
    const { draft, shared } = this.#parts;
    if (draft === undefined) {
      throw usageError("the drafter draft needs a draft model", "Name one with --draft.");
    }
    return new DraftModelDrafter({ sequence: draft.sequence, shared, wholeChunks });
  }

  #heads({ heads = 0 }: PassSettings): OpenHeads {
    const found = this.#parts.heads[heads];
    if (found !== undefined) return found;
    throw usageError(
      heads === 0 ? "the drafter heads needs draft heads" : `there are no heads ${heads}`,
      "Name their file with --heads.",
    );
  }

  /** Kept from one generation to the next, so that a conversation is not indexed again. */
  #ngram(ngram: PassSettings["ngram"]): Drafter {
    return getOrMake(this.#ngrams, JSON.stringify(ngram), () => new NgramDrafter(ngram));
  }
}

/** Whether one drafter can go on where the other one was: both ask the same, and were asked at all. */
function sameDrafters(a: PassSettings, b: PassSettings): boolean {
  const whatDrafts = ({ draftLength, drafters, heads, ngram }: PassSettings) =>
    JSON.stringify(draftLength === 0 ? [] : [drafters, heads, ngram]);
  return whatDrafts(a) === whatDrafts(b);
}

function usesDraftModel({ draftLength, drafters }: GenerateRequest): boolean {
  return draftLength > 0 && drafters.includes("draft");
}
