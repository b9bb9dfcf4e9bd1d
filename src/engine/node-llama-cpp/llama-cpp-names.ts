/** Names that the bound llama.cpp release knows; a file with others cannot be run by it. */
export const knownSince = "v0.5.0";

/** Architectures (llama.cpp, src/llama-arch.cpp). */
export const knownArchitectures: ReadonlySet<string> = setOf(`
  clip llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bert
  modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert bloom
  stablelm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe qwen35
  qwen35moe qwen4exp phi2 phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm
  minicpm3 gemma gemma2 gemma3 gemma3n gemma4 gemma4-assistant gemma-embedding starcoder2
  mamba mamba2 maple jamba falcon-h1 xverse command-r cohere2 cohere2moe dbrx olmo olmo2
  olmoe muse-glimmer openelm arctic deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4
  chatglm glm4 glm4moe glm-dsa bitnet t5 t5encoder jais jais2 nemotron nemotron_h
  nemotron_h_moe exaone exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7 arwkv7 granite granitemoe
  granitehybrid graniteswitch granite_swa chameleon wavtokenizer-dec plm bailingmoe
  bailingmoe2 bailingmoe3 dots1 dots3note arcee afmoe laguna ernie4_5 ernie4_5-moe
  hunyuan-moe hunyuan-dense hunyuan_vl hy_v3 hy_v4 smollm3 gpt-oss lfm2 lfm2moe dream
  smallthinker llada llada-moe seed_oss grovemoe apertus minimax-01 hrm_text minimax-m2
  minimax-m3 cogvlm rnd1 pangu-embedded mistral3 eagle3 dflash mistral4 paddleocr mimo2
  step35 spark2_5 llama-embed maincoder kimi-linear kimi-k3 talkie mellum nanbeige qwen3tts
  pockettts
`);

/** How byte-pair tokenizers cut a text first, `tokenizer.ggml.pre` (src/llama-vocab.cpp). */
export const knownPreTokenizers: ReadonlySet<string> = setOf(`
  a.x-4.0 afmoe bailingmoe bailingmoe2 bloom chameleon chatglm-bpe codeshell cohere2moe
  command-r dbrx deepseek-coder deepseek-llm deepseek-r1-qwen deepseek-v3 default exaone
  exaone-moe exaone4 f2llmv2 falcon falcon-h1 falcon3 gemma4 gigachat glm4 gpt-2 gpt-4o
  gpt3-finnish granite-docling granite-embed-multi-311m granite-embed-multi-97m grok-2
  hunyuan hunyuan-dense hy_v4 jais jais-2 jina-de jina-es jina-v1-en jina-v2-code jina-v2-de
  jina-v2-es jina-v5-nano joyai-llm kanana2 kimi-k2 kormo laguna lfm2 llada-moe llama-bpe
  llama-v3 llama3 llama4 megrez mellum mellum2 midm-2.0 minerva-7b minicpm5 minimax-m2
  modern-bert mpt olmo phi-2 pixtral poro-chat qwen2 qwen35 refact roberta-bpe sarvam-moe
  seed-coder smaug-bpe smollm solar-open spark2_5 stablelm2 starcoder superbpe talkie tekken
  tiny_aya trillion ufakzeka viking whitespace youtu
`);

/** Tokenizer families by the name that a GGUF file gives them (src/llama-vocab.cpp). */
export const tokenizerFamilies: ReadonlyMap<string, string> = new Map([
  ["llama", "spm"],
  ["gpt2", "bpe"],
  ["gemma4", "bpe"],
  ["hybriddna", "bpe"],
  ["whitespace", "bpe"],
  ["bert", "wpm"],
  ["t5", "ugm"],
  ["rwkv", "rwkv"],
  ["plamo2", "plamo2"],
  ["test", "test"],
]);

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.trim().split(/\s+/));
}
