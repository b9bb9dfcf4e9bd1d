import { type FileRemark, fileRemarks } from "../engine/node-llama-cpp/file-remarks.ts";
import type { GgufHeader } from "../engine/node-llama-cpp/gguf-header.ts";
import { readHeaderVocabulary } from "../engine/node-llama-cpp/header-vocabulary.ts";
import { readModelFile } from "../engine/node-llama-cpp/model-file.ts";
import type { ModelInfo } from "../engine/port.ts";
import type { ComparedVocabulary } from "../engine/vocabulary-check.ts";
import { cacheBytesPerToken } from "./cache-size.ts";

/** A mixture of experts. */
export interface Experts {
  readonly count: number;
  /** Experts that one token goes through. */
  readonly used: number;
}

/** What a model file tells without its weights being loaded. */
export interface ModelFacts {
  readonly path: string;
  readonly info: ModelInfo;
  readonly vocabulary: ComparedVocabulary;
  /** Absent where they differ by layer. */
  readonly heads?: number;
  /** Key/value heads; absent where they differ by layer. */
  readonly kvHeads?: number;
  readonly experts?: Experts;
  /** Parameters that one token goes through: fewer than all in a mixture of experts. */
  readonly activeParameters: number;
  /** Bytes of the KV cache for one token, an estimate; absent where the file does not tell. */
  readonly cacheBytesPerToken?: number;
  /** What is odd about the file. */
  readonly remarks: readonly FileRemark[];
}

/**
 * @throws UserError for a file that is missing, no GGUF, incomplete, or no model that writes text
 */
export async function readModelFacts(path: string): Promise<ModelFacts> {
  const file = await readModelFile(path);
  const { info, header } = file;
  const number = (key: string): number | undefined => {
    const value = header.metadata.get(`${info.architecture}.${key}`);
    return typeof value === "number" ? value : undefined;
  };
  const heads = number("attention.head_count");
  const kvHeads = number("attention.head_count_kv") ?? heads;
  const experts = { count: number("expert_count") ?? 0, used: number("expert_used_count") ?? 0 };
  const perToken = cacheBytesPerToken(header, info.architecture);
  return {
    path,
    info,
    vocabulary: readHeaderVocabulary(path),
    remarks: fileRemarks(file),
    ...(heads !== undefined && { heads }),
    ...(kvHeads !== undefined && { kvHeads }),
    ...(experts.count > 0 && { experts }),
    activeParameters: activeParameters(info, header, experts),
    ...(perToken !== undefined && { cacheBytesPerToken: perToken }),
  };
}

function activeParameters(info: ModelInfo, { tensors }: GgufHeader, experts: Experts): number {
  if (experts.count === 0) return info.parameters;
  const inExperts = tensors
    .filter(({ name }) => /_exps\./.test(name))
    .reduce((sum, { dimensions }) => sum + dimensions.reduce((a, b) => a * b, 1), 0);
  return Math.round(info.parameters - inExperts * (1 - experts.used / experts.count));
}
