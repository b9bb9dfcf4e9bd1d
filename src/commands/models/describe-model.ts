import type { ModelInfo } from "../../engine/port.ts";
import type { ModelFacts } from "../../models/model-facts.ts";
import { formatBytes, formatParameters } from "../../reports/format.ts";

/** Memory that a model takes with a context of some length. An estimate. */
export interface MemoryEstimate {
  readonly contextSize: number;
  readonly weightsBytes: number;
  /** null where the file does not tell. */
  readonly cacheBytes: number | null;
}

/** A model as data. */
export interface ModelAsJson extends ModelInfo {
  readonly path: string;
  readonly vocabulary: {
    readonly type: string;
    readonly size: number;
    readonly specials: Readonly<Record<string, { readonly id: number; readonly text: string }>>;
  };
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly experts: ModelFacts["experts"] | null;
  readonly activeParameters: number;
  readonly memoryEstimate: MemoryEstimate;
  /** What is odd about the file. */
  readonly remarks: readonly { readonly code: string; readonly text: string }[];
}

/** What `specdec models inspect --json` prints. */
export function modelAsJson(facts: ModelFacts, contextSize: number): ModelAsJson {
  const { path, info, heads, kvHeads, experts, activeParameters } = facts;
  const { type, size } = facts.vocabulary;
  return {
    path,
    ...info,
    vocabulary: { type, size, specials: Object.fromEntries(specialTokens(facts)) },
    heads: heads ?? null,
    kvHeads: kvHeads ?? null,
    experts: experts ?? null,
    activeParameters,
    memoryEstimate: estimateMemory(facts, contextSize),
    remarks: facts.remarks.map(({ code, text }) => ({ code, text })),
  };
}

/** What `specdec models inspect` prints: a line for each fact. */
export function describeModel(facts: ModelFacts, contextSize: number): string[] {
  const { path, info, vocabulary, heads, kvHeads, experts } = facts;
  const specials = specialTokens(facts).map(([role, { id, text }]) => `${role} ${text} (${id})`);
  const rows: readonly (readonly [string, string])[] = [
    ["file", `${path}, ${formatBytes(info.sizeBytes)}`],
    ["name", info.name],
    ["architecture", info.architecture],
    ["parameters", formatParameters(info.parameters)],
    ...(experts === undefined ? [] : [["experts", expertsText(facts)] as const]),
    ["quantisation", info.quantisation],
    ["trained context", info.trainedContext === 0 ? "unknown" : `${info.trainedContext} tokens`],
    ["layers", String(info.layers)],
    ["width", String(info.embeddingWidth)],
    ["heads", `${heads ?? "differ by layer"}, of keys and values ${kvHeads ?? "differ by layer"}`],
    ["vocabulary", `${vocabulary.type}, ${vocabulary.size} tokens`],
    ["special tokens", specials.length === 0 ? "none" : specials.join(", ")],
    ["chat template", info.hasChatTemplate ? "yes" : "no"],
    ["can roll back", rollBackText(info)],
    ["memory", memoryText(estimateMemory(facts, contextSize))],
    ...facts.remarks.map(({ text }) => ["note", text] as const),
  ];
  return rows.map(([label, text]) => `${label.padEnd(16)}${text}`);
}

function specialTokens({ vocabulary }: ModelFacts) {
  return (["bos", "eos", "eot"] as const).flatMap((role) => {
    const id = vocabulary.specials[role];
    return id === undefined ? [] : [[role, { id, text: vocabulary.entry(id) }] as const];
  });
}

function expertsText({ experts, activeParameters }: ModelFacts): string {
  const { count, used } = experts ?? { count: 0, used: 0 };
  return `${used} of ${count} a token: ${formatParameters(activeParameters)} parameters at work`;
}

function rollBackText({ canRollBack }: ModelInfo): string {
  return canRollBack ? "yes" : "no: a recurrent state; it runs without a draft model only";
}

function estimateMemory(facts: ModelFacts, contextSize: number): MemoryEstimate {
  const { info, cacheBytesPerToken } = facts;
  return {
    contextSize,
    weightsBytes: info.sizeBytes,
    cacheBytes: cacheBytesPerToken === undefined ? null : cacheBytesPerToken * contextSize,
  };
}

function memoryText({ contextSize, weightsBytes, cacheBytes }: MemoryEstimate): string {
  const weights = `${formatBytes(weightsBytes)} weights`;
  if (cacheBytes === null) return `${weights}; what the KV cache takes is not known`;
  const cache = `${formatBytes(cacheBytes)} KV cache at ${contextSize} tokens in f16`;
  const total = formatBytes(weightsBytes + cacheBytes);
  return `about ${total}: ${weights}, ${cache} (an estimate, without compute buffers)`;
}
