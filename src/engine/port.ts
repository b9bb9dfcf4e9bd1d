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
  /**
   * Tokens of plain text, with BOS where the model wants it.
   *
   * @param text special tokens spelled out in it stay plain text
   */
  tokenize(text: string): MaybePromise<number[]>;
  /**
   * Tokens of a conversation in the model's chat template, up to where the answer begins.
   *
   * @throws UserError where the model has no chat template
   */
  tokenizeChat(messages: readonly ChatMessage[]): MaybePromise<number[]>;
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
  close(): MaybePromise<void>;
}

/** A model whose weights are not loaded. */
export interface InspectedModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  close(): MaybePromise<void>;
}
