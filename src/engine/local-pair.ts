import type { Drafter } from "../decoding/drafter.ts";
import type { GenerateEvent } from "../decoding/events.ts";
import { generate } from "../decoding/generate.ts";
import { seededRandom } from "../decoding/random.ts";
import { DraftModelDrafter } from "../drafters/draft-model.ts";
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

/** A pair in this process; `openPair` loads one. */
export class LocalPair implements Pair {
  readonly info: PairInfo;
  readonly #parts: LocalPairParts;

  constructor(parts: LocalPairParts) {
    this.info = parts.info;
    this.#parts = parts;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent> {
    const { target } = this.#parts;
    const prompt = await this.#promptTokens(request);
    yield* generate({
      ...request,
      target: target.sequence,
      drafter: this.#drafter(request),
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

  async #promptTokens({ prompt, draftLength }: GenerateRequest): Promise<number[]> {
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
    const room = draftLength > 0 ? this.#smallerContext() : sequence.capacity;
    if (tokens.length <= room) return tokens;
    const whose = room < sequence.capacity ? "the draft model's context" : "the context";
    throw environmentError(
      "prompt-too-long",
      `the prompt has ${tokens.length} tokens, and ${whose} holds ${room}`,
      "Shorten the prompt, or ask for a larger context with --ctx.",
    );
  }

  #drafter({ draftLength, wholeChunks }: GenerateRequest): Drafter {
    const { draft, sharedVocabularySize } = this.#parts;
    if (draftLength === 0) return noDrafter;
    if (draft === undefined) {
      throw usageError("a draft length needs a draft model", "Name one with --draft.");
    }
    return new DraftModelDrafter({ sequence: draft.sequence, sharedVocabularySize, wholeChunks });
  }
}
