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
  ["clip", part],
  ["wavtokenizer-dec", part],
  ["gemma4-assistant", part],
  ["eagle3", part],
  ["dflash", part],
]);

/** What a file is that does not write text token by token; undefined for one that does. */
export function whyNotGenerative(architecture: string, header: GgufHeader): string | undefined {
  const known = notGenerative.get(architecture);
  if (known !== undefined) return known;
  const type = header.metadata.get("general.type") ?? "model";
  if (type !== "model") return `a file of type "${String(type)}", not a model`;
  const pooling = header.metadata.get(`${architecture}.pooling_type`) ?? 0;
  const causal = header.metadata.get(`${architecture}.attention.causal`) ?? true;
  if (pooling !== 0 || causal === false) return embedding;
  if (header.tensors.length === 0) return "a vocabulary without weights";
  return undefined;
}
