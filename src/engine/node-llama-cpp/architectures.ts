import { quoted } from "../excerpt.ts";
import type { GgufHeader } from "./gguf-header.ts";

/** Architectures with a recurrent state (llama.cpp v0.5.0, src/llama-arch.cpp: is_recurrent, is_hybrid). */
const recurrentOrHybrid: ReadonlySet<string> = new Set([
  "mamba",
  "mamba2",
  "rwkv6",
  "rwkv6qwen2",
  "rwkv7",
  "arwkv7",
  "jamba",
  "falcon-h1",
  "plamo2",
  "granitehybrid",
  "lfm2",
  "lfm2moe",
  "nemotron_h",
  "nemotron_h_moe",
  "qwen3next",
  "kimi-linear",
  "bailingmoe3",
  "kimi-k3",
  "qwen35",
  "qwen35moe",
  "qwen4exp",
  "deepseek4",
  "minimax-01",
]);

/** False where the state cannot be cut back by position. */
export function canRollBack(architecture: string): boolean {
  return !recurrentOrHybrid.has(architecture);
}

const embedding = "an embedding model";
const diffusion = "a diffusion model, which does not write token by token";
const part = "a part of another model, which does not run alone";
const speech = "a speech model";
const images = "a model that makes images or video";

/** What architectures that do not write text token by token are. */
const notGenerative: ReadonlyMap<string, string> = new Map([
  ["bert", embedding],
  ["modern-bert", embedding],
  ["nomic-bert", embedding],
  ["nomic-bert-moe", embedding],
  ["neo-bert", embedding],
  ["jina-bert-v2", embedding],
  ["jina-bert-v3", embedding],
  ["eurobert", embedding],
  ["gemma-embedding", embedding],
  ["llama-embed", embedding],
  ["t5encoder", embedding],
  ["t5", "an encoder-decoder model, which needs an encoder pass that specdec does not do"],
  ["dream", diffusion],
  ["llada", diffusion],
  ["llada-moe", diffusion],
  ["rnd1", diffusion],
  ["wavtokenizer-dec", part],
  ["gemma4-assistant", part],
  ["eagle3", part],
  ["dflash", part],
  ...["whisper", "parakeet", "moonshine", "qwen3tts", "pockettts"].map(
    (name) => [name, speech] as const,
  ),
  ...[
    ...["flux", "sd1", "sd2", "sdxl", "sd3", "aura", "hidream", "lumina2", "qwen_image", "pig"],
    ...["wan", "hyvid", "ltxv", "cosmos", "chroma", "z_image"],
  ].map((name) => [name, images] as const),
]);

const importanceMatrix = {
  reason: "an importance matrix, which quantising reads",
  hint: "Name the model that was quantised with it.",
};
const adapter = {
  reason: "a LoRA adapter, which changes another model",
  hint: "Merge it into its model with llama-export-lora, and name the result.",
};
const controlVector = {
  reason: "a control vector, which steers another model",
  hint: "Name the model itself: specdec applies no control vectors.",
};
const projector = {
  reason: "the image or audio part of a multimodal model (mmproj)",
  hint: "Name the file of the text model that it belongs to.",
};
const textModelHint = "Name a text model, such as an Instruct one.";

/** Why a file writes no text, and what to name instead. */
export interface NotGenerative {
  /** With its article, after "it is". */
  readonly reason: string;
  readonly hint: string;
}

/** What a file is that does not write text token by token; undefined for one that does. */
export function whyNotGenerative(header: GgufHeader): NotGenerative | undefined {
  const { metadata } = header;
  const architecture = String(metadata.get("general.architecture") ?? "");
  const type = String(metadata.get("general.type") ?? "model");
  const special = helperFile(header, architecture, type);
  if (special !== undefined) return special;
  const known = notGenerative.get(architecture);
  const because = (reason: string) => ({ reason, hint: textModelHint });
  if (known !== undefined) return because(known);
  if (type !== "model") return because(`a file of type ${quoted(type)}, not a model`);
  const pooling = metadata.get(`${architecture}.pooling_type`) ?? 0;
  const causal = metadata.get(`${architecture}.attention.causal`) ?? true;
  if (pooling !== 0 || causal === false) return because(embedding);
  if (header.tensors.length === 0) return because("a vocabulary without weights");
  return undefined;
}

/** Files that go with a model; some of them name no architecture, or the model's own. */
function helperFile(
  { metadata, tensors }: GgufHeader,
  architecture: string,
  type: string,
): NotGenerative | undefined {
  const hasTensor = (pattern: RegExp) => tensors.some(({ name }) => pattern.test(name));
  if (type === "imatrix" || metadata.has("imatrix.chunk_count") || hasTensor(/\.in_sum2?$/)) {
    return importanceMatrix;
  }
  if (architecture === "controlvector" || hasTensor(/^direction\.\d+$/)) return controlVector;
  if (type === "adapter" || metadata.has("adapter.type") || hasTensor(/\.lora_[ab]$/)) {
    return adapter;
  }
  if (type === "mmproj" || architecture === "clip") return projector;
  return undefined;
}
