import koffi, { type LibraryHandle, type TypeObject } from "koffi";
import { type FieldValue, firstDifference, type Layout, structOf } from "./layout.ts";

/** A pointer into native memory; null is C's NULL. */
export type Pointer = bigint;

/** A params struct as a plain object. */
export type Params = Readonly<Record<string, FieldValue>>;

/** The few dozen functions of llama.h that the decode loop needs, bound to one library. */
export type Bindings = ReturnType<typeof bind>;

/**
 * Binds the library that node-llama-cpp has loaded. Its backends are registered with it and shared.
 *
 * @param libraryPath of the loaded libllama
 * @throws LayoutMismatch when the library's defaults do not read as the layout says
 * @throws Error when a function is missing
 */
export function openBindings(libraryPath: string, layout: Layout): Bindings {
  const bindings = bind(koffi.load(libraryPath), layout);
  const difference =
    firstDifference(layout.modelParams, bindings.modelDefaultParams()) ??
    firstDifference(layout.contextParams, bindings.contextDefaultParams());
  if (difference !== undefined) throw new LayoutMismatch(layout.release, difference);
  return bindings;
}

/** The library is not what its release number says: nothing in it may be called. */
export class LayoutMismatch extends Error {
  constructor(release: string, difference: string) {
    super(`libllama does not read as ${release}: ${difference}`);
    this.name = "LayoutMismatch";
  }
}

function bind(library: LibraryHandle, layout: Layout) {
  const modelParams = structOf(layout.modelParams);
  const contextParams = structOf(layout.contextParams);
  const batch = koffi.struct({ ...layout.batch });
  const pointer = "void *";
  const f = <T extends (...args: never[]) => unknown>(
    name: string,
    result: string | TypeObject,
    ...args: (string | TypeObject)[]
  ): T => library.func(name, result, args) as unknown as T;

  const message = koffi.struct({ role: "str", content: "str" });
  const applyChatFormat = f<
    (
      name: string,
      messages: readonly { readonly role: string; readonly content: string }[],
      count: number,
      addAnswer: boolean,
      buffer: Uint8Array,
      length: number,
    ) => number
  >(
    "llama_chat_apply_template",
    "int32_t",
    "str",
    koffi.pointer(message),
    "size_t",
    "bool",
    pointer,
    "int32_t",
  );
  const chatFormats = f<(names: BigUint64Array | null, capacity: number) => number>(
    "llama_chat_builtin_templates",
    "int32_t",
    pointer,
    "size_t",
  );

  return {
    /** The names of llama.cpp's chat formats. */
    chatFormats: (): string[] => {
      const count = chatFormats(null, 0);
      const names = new BigUint64Array(count);
      chatFormats(names, count);
      return Array.from(names, (name) => koffi.decode(name, "char", -1) as string).sort();
    },
    /** A conversation in one of them; undefined where llama.cpp refuses it. */
    applyChatFormat: (
      name: string,
      messages: readonly { readonly role: string; readonly content: string }[],
    ): string | undefined => {
      const write = (buffer: Uint8Array) =>
        applyChatFormat(name, messages, messages.length, true, buffer, buffer.length);
      let buffer = new Uint8Array(4096);
      let length = write(buffer);
      if (length > buffer.length) {
        buffer = new Uint8Array(length);
        length = write(buffer);
      }
      return length < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
    },

    modelDefaultParams: f<() => Params>("llama_model_default_params", modelParams),
    contextDefaultParams: f<() => Params>("llama_context_default_params", contextParams),

    modelLoad: f<(path: string, params: Params) => Pointer | null>(
      "llama_model_load_from_file",
      pointer,
      "str",
      modelParams,
    ),
    modelFree: f<(model: Pointer) => void>("llama_model_free", "void", pointer),
    modelVocab: f<(model: Pointer) => Pointer>("llama_model_get_vocab", pointer, pointer),
    modelEmbeddingWidth: f<(model: Pointer) => number>("llama_model_n_embd_out", "int", pointer),
    modelIsRecurrent: f<(model: Pointer) => boolean>("llama_model_is_recurrent", "bool", pointer),
    modelIsHybrid: f<(model: Pointer) => boolean>("llama_model_is_hybrid", "bool", pointer),
    modelHasDecoder: f<(model: Pointer) => boolean>("llama_model_has_decoder", "bool", pointer),
    modelHasEncoder: f<(model: Pointer) => boolean>("llama_model_has_encoder", "bool", pointer),

    contextInit: f<(model: Pointer, params: Params) => Pointer | null>(
      "llama_init_from_model",
      pointer,
      pointer,
      contextParams,
    ),
    attachThreadpool: f<(context: Pointer, pool: Pointer, batchPool: Pointer) => void>(
      "llama_attach_threadpool",
      "void",
      pointer,
      pointer,
      pointer,
    ),
    contextFree: f<(context: Pointer) => void>("llama_free", "void", pointer),
    setEmbeddings: f<(context: Pointer, wanted: boolean) => void>(
      "llama_set_embeddings",
      "void",
      pointer,
      "bool",
    ),

    memory: f<(context: Pointer) => Pointer>("llama_get_memory", pointer, pointer),
    memoryRemove: f<(memory: Pointer, sequence: number, from: number, to: number) => boolean>(
      "llama_memory_seq_rm",
      "bool",
      pointer,
      "int32_t",
      "int32_t",
      "int32_t",
    ),
    memoryCopy: f<
      (memory: Pointer, source: number, target: number, from: number, to: number) => void
    >("llama_memory_seq_cp", "void", pointer, "int32_t", "int32_t", "int32_t", "int32_t"),

    decode: f<(context: Pointer, batch: BatchStruct) => number>(
      "llama_decode",
      "int32_t",
      pointer,
      batch,
    ),
    synchronize: f<(context: Pointer) => void>("llama_synchronize", "void", pointer),
    logits: f<(context: Pointer, i: number) => Pointer | null>(
      "llama_get_logits_ith",
      pointer,
      pointer,
      "int32_t",
    ),
    embeddings: f<(context: Pointer, i: number) => Pointer | null>(
      "llama_get_embeddings_ith",
      pointer,
      pointer,
      "int32_t",
    ),

    vocabType: f<(vocab: Pointer) => number>("llama_vocab_type", "int", pointer),
    vocabSize: f<(vocab: Pointer) => number>("llama_vocab_n_tokens", "int32_t", pointer),
    vocabText: f<(vocab: Pointer, token: number) => string>(
      "llama_vocab_get_text",
      "str",
      pointer,
      "int32_t",
    ),
    vocabIsEog: f<(vocab: Pointer, token: number) => boolean>(
      "llama_vocab_is_eog",
      "bool",
      pointer,
      "int32_t",
    ),
    vocabBos: f<(vocab: Pointer) => number>("llama_vocab_bos", "int32_t", pointer),
    vocabEos: f<(vocab: Pointer) => number>("llama_vocab_eos", "int32_t", pointer),
    vocabEot: f<(vocab: Pointer) => number>("llama_vocab_eot", "int32_t", pointer),
    vocabInfillPrefix: f<(vocab: Pointer) => number>("llama_vocab_fim_pre", "int32_t", pointer),
    vocabInfillSuffix: f<(vocab: Pointer) => number>("llama_vocab_fim_suf", "int32_t", pointer),
    vocabInfillMiddle: f<(vocab: Pointer) => number>("llama_vocab_fim_mid", "int32_t", pointer),
    vocabAddsBos: f<(vocab: Pointer) => boolean>("llama_vocab_get_add_bos", "bool", pointer),
    vocabAttributes: f<(vocab: Pointer, token: number) => number>(
      "llama_vocab_get_attr",
      "int",
      pointer,
      "int32_t",
    ),
    tokenize: f<
      (
        vocab: Pointer,
        text: Uint8Array,
        length: number,
        tokens: Int32Array,
        capacity: number,
        addSpecial: boolean,
        parseSpecial: boolean,
      ) => number
    >("llama_tokenize", "int32_t", pointer, pointer, "int32_t", pointer, "int32_t", "bool", "bool"),
    tokenToPiece: f<
      (
        vocab: Pointer,
        token: number,
        buffer: Uint8Array,
        length: number,
        leftStrip: number,
        special: boolean,
      ) => number
    >("llama_token_to_piece", "int32_t", pointer, "int32_t", pointer, "int32_t", "int32_t", "bool"),
  };
}

/** `struct llama_batch` (llama.h); every array has `n_tokens` entries. */
export interface BatchStruct {
  n_tokens: number;
  /** One of the two is null. */
  token: Pointer | null;
  embd: Pointer | null;
  pos: Pointer;
  n_seq_id: Pointer;
  seq_id: Pointer;
  logits: Pointer;
}

/** A typed array over native memory; valid as long as that memory is. */
export function floatsAt(pointer: Pointer, length: number): Float32Array {
  return new Float32Array(koffi.view(pointer, length * 4));
}

/** The native address of a typed array that is not on V8's own heap. */
export function addressOf(array: ArrayBufferView): Pointer {
  return koffi.address(array);
}

/** Makes a native function of a load-progress callback; call `release` when it cannot be called any more. */
export function progressCallback(callback: (fraction: number) => boolean): {
  readonly pointer: Pointer;
  readonly release: () => void;
} {
  const type = koffi.proto("bool", ["float", "void *"]);
  const pointer = koffi.register(callback, koffi.pointer(type));
  return { pointer, release: () => koffi.unregister(pointer) };
}
