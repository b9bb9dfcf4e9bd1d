import type { BatchTime } from "../decoding/control/batch-times.ts";
import type { GenerateEvent } from "../decoding/events.ts";
import type { SamplerSettings } from "../decoding/sampler.ts";
import type { TypicalSettings } from "../decoding/typical-acceptance.ts";
import type { DrafterName } from "../drafter-choice.ts";
import type {
  ChatMessage,
  EngineInfo,
  EngineOptions,
  HeadsInfo,
  Infill,
  ModelInfo,
  TemplateSettings,
} from "./port.ts";

/** A target, its draft model if there is one, and how to run them. */
export interface PairOptions extends EngineOptions {
  /** "auto" binds libllama and falls back to node-llama-cpp's own API with a notice. */
  readonly engine: "auto" | "libllama" | "node-llama-cpp" | "fake";
  readonly target: string;
  readonly draft?: string;
  /** Files of draft heads for the target. */
  readonly heads?: readonly string[];
  /** Context of both models in tokens; 0 for the target's own, at most 4,096. */
  readonly contextSize: number;
  /** Refuses a draft model with any token that differs, even one that could just be left out. */
  readonly strictVocabulary?: boolean;
}

/** Something the user should know about how the pair runs, as data. */
export interface Notice {
  /** Stable name, for example "engine-fallback". */
  readonly code: string;
  readonly text: string;
  readonly hint: string;
}

/** What was loaded. */
export interface PairInfo {
  readonly engine: EngineInfo;
  readonly target: ModelInfo;
  readonly draft?: ModelInfo;
  /** In the order of `PairOptions.heads`. */
  readonly heads?: readonly HeadsInfo[];
  readonly contextSize: number;
  readonly notices: readonly Notice[];
}

/**
 * What a generation continues: text as it stands, a conversation in a chat template, or code around a
 * gap.
 */
export type PromptInput = (
  | {
      readonly type: "text";
      readonly text: string;
      /** Special tokens spelled in the text are those tokens; otherwise they are plain text. */
      readonly special?: boolean;
    }
  | {
      readonly type: "chat";
      readonly messages: readonly ChatMessage[];
      readonly template?: TemplateSettings;
    }
  | ({
      /** Written in the target's own fill-in-the-middle tokens. */
      readonly type: "infill";
    } & Infill)
) & {
  /** Tokens that the answer begins with: of one that was cut short and goes on. */
  readonly begun?: readonly number[];
};

/** What the target reads a prompt as. */
export interface PromptFacts {
  readonly tokens: number;
  /** Control tokens that a raw prompt spells but that stay plain text in it, by name. */
  readonly spelled: readonly string[];
}

/** One generation by a loaded pair. */
export interface GenerateRequest {
  readonly prompt: PromptInput;
  /** Most tokens drafted in a row; 0 is plain decoding. */
  readonly draftLength: number;
  /** Let a controller choose before every pass how much of that is drafted, from nothing on. */
  readonly adaptive: boolean;
  /** What drafts: the first that has a proposal. "draft" needs a draft model. */
  readonly drafters: readonly DrafterName[];
  /** Which of the pair's heads draft, from 0; left out, the first. */
  readonly heads?: number;
  /** Tokens at the end of the text that prompt lookup compares: at least `min`, at most `max`. */
  readonly ngram: { readonly min: number; readonly max: number };
  /** Candidate filter of the draft; 0 keeps all. */
  readonly topK: number;
  /** Most tokens drafted for one pass in a tree; 0 for a chain. */
  readonly treeSize: number;
  /** Draft probability of a path below which it is not followed; 0 for never. */
  readonly pMin: number;
  /** Typical acceptance, which is lossy; left out, the exact rule. */
  readonly typical?: TypicalSettings;
  readonly sampler: SamplerSettings;
  readonly seed: number;
  readonly maxTokens: number;
  readonly stopTexts: readonly string[];
  /**
   * Evaluate a prompt always in the same batches, so that runs of the same prompt can be compared
   * token by token; costs up to one chunk of reuse.
   */
  readonly wholeChunks: boolean;
  /**
   * Do not remember the answer as part of a conversation: a later prompt that quotes it is read in the
   * tokenizer's own tokens, whatever ran before. Prompts that several runs share need that.
   */
  readonly standalone?: boolean;
  /**
   * Events of rounds may be handed over together, at least so often (in ms): reading them takes
   * time on cores that decode. Infinity where nobody watches.
   */
  readonly eventsEveryMs: number;
}

/** How a request drafts: everything but how much, and through which candidates. */
export type DraftingWay = Pick<
  GenerateRequest,
  "adaptive" | "drafters" | "heads" | "ngram" | "treeSize" | "pMin"
>;

/** What of a request may change while it is being answered. */
export type PassSettings = DraftingWay &
  Pick<GenerateRequest, "draftLength" | "topK" | "typical" | "sampler">;

/** What prompt lookup compares where nothing else is said. */
export const defaultNgram = { min: 2, max: 5 };

/** A chain of fixed length from the draft model. */
export const draftModelChain: DraftingWay = {
  adaptive: false,
  drafters: ["draft"],
  ngram: defaultNgram,
  treeSize: 0,
  pMin: 0,
};

/** A loaded pair, wherever it lives: in this process, or in the engine host. */
export interface Pair {
  readonly info: PairInfo;
  /**
   * One generation at a time. Leaving the loop early, or the signal, stops it within one pass; the
   * pair stays usable.
   *
   * @throws UserError for a prompt without tokens or longer than the context
   */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<GenerateEvent>;
  /**
   * Reads a prompt without running it, however many tokens the context holds.
   *
   * @throws UserError where the target cannot read a prompt of that kind
   */
  inspectPrompt(prompt: PromptInput): Promise<PromptFacts>;
  /**
   * Measures what the batches of a round cost.
   *
   * @throws UserError where the context has no room for it
   * @throws the signal's reason when it is aborted
   */
  timeRounds(request: RoundTimesRequest, signal?: AbortSignal): Promise<RoundTimes>;
  /** Processor time that the pair has used so far, in ms; left out where it has no process of its own. */
  cpuMs?(): Promise<number>;
}

/** What to time of the batches that a round is made of. */
export interface RoundTimesRequest {
  /** Sizes of target batches, rising from 1. */
  readonly targetBatches: readonly number[];
  /**
   * Sizes of batches that the first step or a level of a tree may take, of a draft model or of heads,
   * from 1. What parallel heads cannot have is left out.
   */
  readonly draftBatches: readonly number[];
  /** Repetitions at most, 1 or more. */
  readonly repetitions: number;
  /** After so many ms no further repetition begins; one is always made. */
  readonly budgetMs: number;
  /** Tokens in the cache while measuring; fewer where filling it would take long. */
  readonly contextTokens: number;
}

/**
 * What the batches of a round take on this machine, in the order in which a round has them: lower
 * deciles over repetitions, since what disturbs a machine only ever adds.
 */
export interface RoundTimes {
  /** A target batch behind drafting; of one token behind another such step, as plain decoding has it. */
  readonly target: readonly BatchTime[];
  /** Absent without a draft model. */
  readonly draft?: DraftTimes;
  /** Of each of the pair's heads; absent without any. A batch of parallel heads is a whole draft. */
  readonly heads?: readonly DraftTimes[];
  /** Repetitions that were made. */
  readonly repetitions: number;
  /**
   * How far the later half of the repetitions is from the earlier one, as the largest ratio between
   * their times of one size, 1 or more; left out where there are too few to say.
   */
  readonly disagreement?: number;
}

/** What the batches of something that drafts take, in ms. */
export interface DraftTimes {
  /** A batch behind one of the target: the first step of a round, or a level of a tree. */
  readonly batches: readonly BatchTime[];
  /** A step of one token behind another one. */
  readonly stepMs: number;
  /** Reading one node's candidates for a tree: a batch has one reading in it already. */
  readonly readMs: number;
}

/** A text to be gone over by what drafts. */
export interface RankRequest {
  readonly prompt: PromptInput;
  /** The text behind the prompt, as it was emitted. */
  readonly tokens: readonly number[];
  /** Candidates at each place, 1 or more. */
  readonly topK: number;
  /** Tokens of the draft's own text below a wrong one, 0 or more. */
  readonly goOn: number;
  /** See `GenerateRequest`. */
  readonly ngram: GenerateRequest["ngram"];
}

/** What a draft model expects at one place of a text. */
export interface RankedPosition {
  /** Candidates, the likeliest first. */
  readonly ids: readonly number[];
  /** Their probabilities over the whole vocabulary. */
  readonly q: readonly number[];
  /**
   * Where the likeliest one is not the text's token: the probabilities of what the model would go on
   * with below it, likeliest by likeliest. Shorter than was asked for where that text ends.
   */
  readonly after: readonly number[];
}

/** What prompt lookup proposes at one place of a text. */
export interface LookedUp {
  readonly ids: readonly number[];
  readonly q: readonly number[];
}

/** What drafts would have proposed along a text. */
export interface Ranking {
  readonly promptTokens: number;
  /**
   * Entry i: the draft model's candidates for token i. It ends with that model's context; empty
   * without one.
   */
  readonly positions: readonly RankedPosition[];
  /** Tokens that the draft model's context holds behind the prompt; 0 without one. */
  readonly draftRoom: number;
  /** Entry i: what lookup proposes from token i on. */
  readonly lookUps: readonly LookedUp[];
  /** Those of all candidates that end a text. */
  readonly ends: readonly number[];
}

/** A pair that can be asked what settings would come to without running them. */
export interface TunablePair extends Pair {
  /** Goes over a text with the draft model and with lookup; the caches are left as they come out. */
  rank(request: RankRequest): Promise<Ranking>;
}

/** A pair that somebody talks to. */
export interface InteractivePair extends Pair {
  /** Changes how the running generation goes on, from its next pass; nothing where none runs. */
  adjust(settings: PassSettings): void;
  /**
   * Tokens that a prompt comes to, however many the context holds.
   *
   * @throws UserError where the model has no chat template
   */
  countTokens(prompt: PromptInput): Promise<number>;
}
