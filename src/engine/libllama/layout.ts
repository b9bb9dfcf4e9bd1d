import koffi, { type TypeObject } from "koffi";

/**
 * The structs that cross the boundary by value, as llama.cpp release v0.5.0 lays them out
 * (include/llama.h), with the defaults that this release returns for them
 * (`llama_model_default_params`, `llama_context_default_params`). The defaults double as a check:
 * they are compared before anything else is called, so that a layout that does not match the
 * library can never run.
 */
export interface Layout {
  /** llama.cpp's release, as node-llama-cpp names it. */
  readonly release: string;
  readonly modelParams: StructLayout;
  readonly contextParams: StructLayout;
  readonly batch: Readonly<Record<string, string>>;
}

/** A struct's fields in order, each with its C type and its default. */
export type StructLayout = Readonly<Record<string, readonly [type: string, value: FieldValue]>>;

/** A field as koffi gives it. */
export type FieldValue = number | boolean | bigint | null;

const v050: Layout = {
  release: "v0.5.0",
  modelParams: {
    devices: ["void *", null],
    tensor_buft_overrides: ["void *", null],
    n_gpu_layers: ["int32_t", -1],
    split_mode: ["int", 1],
    load_mode: ["int", -1],
    lazy_mode: ["int", 1],
    main_gpu: ["int32_t", 0],
    tensor_split: ["void *", null],
    progress_callback: ["void *", null],
    progress_callback_user_data: ["void *", null],
    kv_overrides: ["void *", null],
    vocab_only: ["bool", false],
    check_tensors: ["bool", false],
    use_extra_bufts: ["bool", true],
    no_host: ["bool", false],
    no_alloc: ["bool", false],
    load_mtp: ["bool", false],
  },
  contextParams: {
    n_ctx: ["uint32_t", 512],
    n_batch: ["uint32_t", 2048],
    n_ubatch: ["uint32_t", 512],
    n_seq_max: ["uint32_t", 1],
    n_rs_seq: ["uint32_t", 0],
    n_outputs_max: ["uint32_t", 0],
    n_outputs_max_per_seq: ["uint32_t", 1],
    n_threads: ["int32_t", 4],
    n_threads_batch: ["int32_t", 4],
    ctx_type: ["int", 0],
    rope_scaling_type: ["int", -1],
    pooling_type: ["int", -1],
    attention_type: ["int", -1],
    flash_attn_type: ["int", -1],
    rope_freq_base: ["float", 0],
    rope_freq_scale: ["float", 0],
    yarn_ext_factor: ["float", -1],
    yarn_attn_factor: ["float", -1],
    yarn_beta_fast: ["float", -1],
    yarn_beta_slow: ["float", -1],
    yarn_orig_ctx: ["uint32_t", 0],
    defrag_thold: ["float", -1],
    cb_eval: ["void *", null],
    cb_eval_user_data: ["void *", null],
    type_k: ["int", 1],
    type_v: ["int", 1],
    abort_callback: ["void *", null],
    abort_callback_data: ["void *", null],
    embeddings: ["bool", false],
    offload_kqv: ["bool", true],
    no_perf: ["bool", true],
    op_offload: ["bool", true],
    swa_full: ["bool", true],
    kv_unified: ["bool", false],
    samplers: ["void *", null],
    n_samplers: ["size_t", 0],
    ctx_other: ["void *", null],
  },
  batch: {
    n_tokens: "int32_t",
    token: "void *",
    embd: "void *",
    pos: "void *",
    n_seq_id: "void *",
    seq_id: "void *",
    logits: "void *",
  },
};

const layouts: readonly Layout[] = [v050];

/** The releases that can be bound. */
export const boundReleases: readonly string[] = layouts.map(({ release }) => release);

/** The layout of a release; undefined for one that is not known here. */
export function layoutOf(release: string): Layout | undefined {
  return layouts.find((layout) => layout.release === release);
}

/** A koffi struct type. Unnamed, so that a library can be bound more than once in a process. */
export function structOf(layout: StructLayout): TypeObject {
  return koffi.struct(
    Object.fromEntries(Object.entries(layout).map(([name, [type]]) => [name, type])),
  );
}

/**
 * Names the first field whose default is not the known one; undefined when all agree. A struct that
 * has grown, shrunk or been reordered shifts some field onto another value.
 */
export function firstDifference(
  layout: StructLayout,
  actual: Readonly<Record<string, FieldValue>>,
): string | undefined {
  for (const [name, [, expected]] of Object.entries(layout)) {
    const value = actual[name];
    if (value !== expected) return `${name} is ${String(value)}, not ${String(expected)}`;
  }
  return undefined;
}
