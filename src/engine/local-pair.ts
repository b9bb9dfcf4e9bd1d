import type { Drafter } from "../decoding/drafter.ts";
import type { GenerateEvent } from "../decoding/events.ts";
import { generate } from "../decoding/generate.ts";
import { seededRandom } from "../decoding/random.ts";
import { DraftModelDrafter } from "../drafters/draft-model.ts";
import { noDrafter } from "../drafters/none.ts";
import { environmentError, usageError } from "../errors.ts";
import { measureCosts } from "./measure.ts";
import type {
  BatchCosts,
  GenerateRequest,
  MeasureRequest,
  Notice,
  Pair,
  PairInfo,
  PairOptions,
} from "./pair.ts";
import type { Engine, InspectedModel, ModelInfo, OpenModel } from "./port.ts";
import { startEngine } from "./start-engine.ts";
import { compareVocabularies, requireSameVocabulary } from "./vocabulary-check.ts";

/** How far a load is. */
export interface LoadProgress {
  readonly model: "target" | "draft";
  /** 0 … 1 */
  readonly fraction: number;
}

/** What to tell of a load; returning false stops it. */
export type OnLoadProgress = (progress: LoadProgress) => boolean;

/**
 * Loads a pair into this process. Whether the two fit together is checked before any weights load.
 *
 * @throws UserError for a model that cannot run, or a draft that does not fit its target
 */
export async function openPair(
  options: PairOptions,
  onProgress: OnLoadProgress = () => true,
): Promise<LocalPair> {
  const { engine, notices } = await startEngine(options);
  const { sharedVocabularySize, draftInfo } = await checkFit(engine, options);
  const { target: targetPath, draft: draftPath, contextSize } = options;
  const target = await engine.open({
    path: targetPath,
    contextSize,
    hiddenStates: false,
    onProgress: (fraction) => onProgress({ model: "target", fraction }),
  });
  const info = {
    engine: engine.info,
    target: target.info,
    contextSize: target.sequence.capacity,
    notices,
  };
  if (draftPath === undefined || draftInfo === undefined) {
    return new LocalPair({ engine, info, target, sharedVocabularySize });
  }
  const draft = await engine.open({
    path: draftPath,
    contextSize: Math.min(target.sequence.capacity, draftInfo.trainedContext || Infinity),
    hiddenStates: false,
    onProgress: (fraction) => onProgress({ model: "draft", fraction }),
  });
  const further = shortDraftNotices(target, draft);
  return new LocalPair({
    engine,
    info: { ...info, draft: draft.info, notices: [...notices, ...further] },
    target,
    draft,
    sharedVocabularySize,
  });
}

function shortDraftNotices(target: OpenModel, draft: OpenModel): Notice[] {
  const room = draft.sequence.capacity;
  if (room >= target.sequence.capacity) return [];
  return [
    {
      code: "short-draft-context",
      text: `the draft model was trained for ${room} tokens: behind those nothing is drafted`,
      hint: `Ask for a context of ${room} with --ctx, or take another draft model.`,
    },
  ];
}

interface LocalPairParts {
  readonly engine: Engine;
  readonly info: PairInfo;
  readonly target: OpenModel;
  readonly draft?: OpenModel;
  readonly sharedVocabularySize: number;
}

/** A pair in this process. */
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

/** What is known of a pair before its weights load. */
interface Fit {
  /** How many token ids target and draft share, from 0 on. */
  readonly sharedVocabularySize: number;
  readonly draftInfo?: ModelInfo;
}

async function checkFit(engine: Engine, options: PairOptions): Promise<Fit> {
  const target = await engine.inspect(options.target);
  try {
    if (options.draft === undefined) return { sharedVocabularySize: target.vocabulary.size };
    const draft = await engine.inspect(options.draft);
    try {
      requireRollBack(target);
      requireRollBack(draft);
      const comparison = compareVocabularies(target.vocabulary, draft.vocabulary);
      requireSameVocabulary(comparison, { target: options.target, draft: options.draft });
      return { sharedVocabularySize: comparison.sharedSize, draftInfo: draft.info };
    } finally {
      await draft.close();
    }
  } finally {
    await target.close();
  }
}

function requireRollBack({ info }: InspectedModel): void {
  if (info.canRollBack) return;
  throw environmentError(
    "cannot-roll-back",
    `${info.file} (${info.architecture}) keeps a recurrent state that cannot be cut back after a rejected draft`,
    "Speculative decoding needs a model with an attention cache; without --draft it runs plainly.",
  );
}
