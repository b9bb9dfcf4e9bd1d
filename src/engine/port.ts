import type { DraftHeads, HeadsKind } from "../decoding/draft-heads.ts";
import type { MaybePromise, TokenSequence } from "../decoding/sequence.ts";
import type { TokenText } from "../decoding/text.ts";

/** What is known of a model file and of the model in it. */
export interface ModelInfo {
  /** File name without its folder. */
  readonly file: string;
  readonly sizeBytes: number;
  /** SHA-256 of the file's header (metadata and tensor list), hex; names the weights' layout. */
  readonly headerSha256: string;
  readonly name: string;
  readonly architecture: string;
  /** Quantisation as llama.cpp names it, for example "Q4_K - Medium". */
  readonly quantisation: string;
  readonly parameters: number;
  /** Context length the model was trained with, in tokens. */
  readonly trainedContext: number;
  readonly vocabularySize: number;
  /** Width of the hidden state. */
  readonly embeddingWidth: number;
  readonly layers: number;
  readonly hasChatTemplate: boolean;
  /** False for recurrent and hybrid models, whose state cannot be cut back by position. */
  readonly canRollBack: boolean;
}

/** A message of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How a conversation is written as text. Without any field: in the model's own template. */
export interface TemplateSettings {
  /** Another template than the model's own. */
  readonly source?:
    | {
        readonly type: "jinja";
        /** Where it comes from, for messages. */
        readonly name: string;
        readonly text: string;
      }
    /** One of llama.cpp's formats, by llama.cpp's name. */
    | { readonly type: "named"; readonly name: string };
  /** Variables that the template gets besides the standard ones, for example `enable_thinking`. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** Code around a gap that a fill-in-the-middle model fills. */
export interface Infill {
  readonly prefix: string;
  readonly suffix: string;
}

/** A model's vocabulary, tokenizer and chat template. */
export interface Vocabulary extends TokenText {
  readonly size: number;
  /** Tokenizer family, for example "bpe" or "spm". */
  readonly type: string;
  /** Special tokens by role; undefined where the model has none. */
  readonly specials: Readonly<Record<"bos" | "eos" | "eot", number | undefined>>;
  /** True where a text begins with the BOS token. */
  readonly addsBos: boolean;
  readonly hasChatTemplate: boolean;
  /** A token as it stands in the vocabulary; two pairs fit when these agree id by id. */
  entry(token: number): string;
  /** False for control, unknown, unused and user-defined tokens: text is seldom made of them. */
  isOrdinary(token: number): boolean;
  /**
   * Tokens of a text, with BOS where the model wants it.
   *
   * @param special whether special tokens spelled in the text are those tokens; left out, they stay
   *   plain text. A BOS that the text spells itself is not added once more.
   */
  tokenize(text: string, special?: boolean): MaybePromise<number[]>;
  /**
   * Tokens of code around a gap, up to where the model fills it: prefix, suffix and middle, each
   * after the token that the model has for it.
   *
   * @throws UserError where the model has no tokens for it
   */
  tokenizeInfill(infill: Infill): MaybePromise<number[]>;
  /**
   * Tokens of a conversation in a chat template, up to where the answer begins. Special tokens that a
   * message spells stay plain text.
   *
   * @param template left out, the model's own
   * @throws UserError where there is no such template, or it cannot be rendered
   */
  tokenizeChat(
    messages: readonly ChatMessage[],
    template?: TemplateSettings,
  ): MaybePromise<number[]>;
}

/** How an engine runs. Left out, the engine decides. */
export interface EngineOptions {
  readonly gpu: "auto" | "off" | "cuda" | "vulkan" | "metal";
  /** Layers to put on the GPU; "max" for all. */
  readonly gpuLayers: number | "max";
  /** Threads for decoding; 0 for one a math core. */
  readonly threads: number;
  readonly mmap: boolean;
  readonly flashAttention: "auto" | "on" | "off";
  /**
   * Most branches of one tree, 0 for chains only; left out, 16. More make every decode a little
   * slower, since llama.cpp looks at all pairs of them (0.05 ms at 64).
   */
  readonly maxBranches?: number;
}

/** A model to open. */
export interface ModelOptions {
  readonly path: string;
  /** Tokens the KV cache holds; 0 for what the model was trained with, at most 4,096. */
  readonly contextSize: number;
  /** Whether the final hidden state of each output is wanted too. */
  readonly hiddenStates: boolean;
  /** Called with 0 … 1 while the weights load; false stops the load. */
  readonly onProgress: (fraction: number) => boolean;
}

/** What runs underneath, for reports and notices. */
export interface EngineInfo {
  readonly engine: "libllama" | "node-llama-cpp" | "fake";
  /** llama.cpp's release, for example "v0.5.0". */
  readonly release: string;
  readonly backend: string;
  readonly threads: number;
  /** Whether batches with branches can be evaluated. */
  readonly trees: boolean;
}

/** A model in memory with one sequence. Close it to give the memory back. */
export interface OpenModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly sequence: TokenSequence;
  close(): MaybePromise<void>;
}

/** What a file of draft heads says of itself; see docs/heads-format.md. */
export interface HeadsInfo {
  /** File name without its folder. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly headerSha256: string;
  readonly kind: HeadsKind;
  readonly count: number;
  readonly width: number;
  readonly parameters: number;
  readonly quantisation: string;
  /** Tokens that the heads can propose. */
  readonly outputs: number;
  /** The target that they were trained for. */
  readonly target: {
    readonly name: string;
    readonly architecture: string;
    readonly vocabularySize: number;
    /** See `vocabularyHash`. */
    readonly vocabularySha256: string;
    /**
     * Of the very file, `ModelInfo.headerSha256`; another quantisation has another one. Empty where
     * it is not known.
     */
    readonly headerSha256: string;
  };
  /**
   * By head from the first: how often its likeliest token was the target's on held-out text, given
   * the text's own tokens before it (0 … 1).
   */
  readonly acceptance: readonly number[];
  /** Tokens of text that they were trained on. */
  readonly trainedTokens: number;
}

/** Draft heads in memory. Close them to give the memory back. */
export interface OpenHeads extends DraftHeads {
  readonly info: HeadsInfo;
  close(): MaybePromise<void>;
}

/** Something that runs models: libllama through koffi, node-llama-cpp's public API, or a fake. */
export interface Engine {
  readonly info: EngineInfo;
  /**
   * Reads what can be known without loading weights: header, vocabulary, template.
   *
   * @throws UserError for a file that is not a model this engine can run
   */
  inspect(path: string): Promise<InspectedModel>;
  /** @throws UserError where memory, context or architecture do not allow it */
  open(options: ModelOptions): Promise<OpenModel>;
  /**
   * Reads what a heads file says of itself; no weights are read.
   *
   * @throws UserError for a file that holds no heads, or not all of them
   */
  inspectHeads(path: string): Promise<HeadsInfo>;
  /**
   * Loads draft heads. Whether they fit a target is the caller's to check.
   *
   * @param contextSize rows that the cache of chained heads holds
   * @throws UserError where this engine has no hidden states to feed them with
   */
  openHeads(path: string, contextSize: number): Promise<OpenHeads>;
  close(): MaybePromise<void>;
}

/** A model whose weights are not loaded. */
export interface InspectedModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  close(): MaybePromise<void>;
}
