import { nameText, quoted } from "../excerpt.ts";
import type { Notice } from "../pair.ts";
import { readHeaderVocabulary } from "./header-vocabulary.ts";
import {
  knownArchitectures,
  knownPreTokenizers,
  knownSince,
  tokenizerFamilies,
} from "./llama-cpp-names.ts";
import { type ModelFile, readModelFile, textOf } from "./model-file.ts";
import { tensorOfUnknownType, trailingBytes } from "./tensor-check.ts";

/** Something odd about a model file that does not keep it from being read. */
export interface FileRemark extends Notice {
  /** True where the llama.cpp that specdec binds will not load the file. */
  readonly prevents: boolean;
}

const newer = "A newer specdec may run it, with a newer llama.cpp.";

/**
 * Reads a model's header and vocabulary before llama.cpp does, which would end the process over some.
 *
 * @returns what is odd about it, but for what llama.cpp will refuse in its own words
 * @throws UserError for a file that cannot be loaded
 */
export async function readSoundModel(path: string): Promise<Notice[]> {
  const file = await readModelFile(path);
  readHeaderVocabulary(path);
  return fileRemarks(file)
    .filter(({ prevents }) => !prevents)
    .map(({ code, text, hint }) => ({ code, text, hint }));
}

/** What is odd about a model file; nothing for most. */
export function fileRemarks(file: ModelFile): FileRemark[] {
  return [...architectureRemarks(file), ...tokenizerRemarks(file), ...tensorRemarks(file)];
}

function architectureRemarks({ path, info }: ModelFile): FileRemark[] {
  if (knownArchitectures.has(info.architecture)) return [];
  const text = `${path} has the architecture ${quoted(info.architecture)}, which llama.cpp ${knownSince} does not run`;
  return [{ code: "unsupported-architecture", text, hint: newer, prevents: true }];
}

function tokenizerRemarks({ path, header }: ModelFile): FileRemark[] {
  const model = textOf(header, "tokenizer.ggml.model") ?? "";
  const family = tokenizerFamilies.get(model);
  const before = textOf(header, "tokenizer.ggml.pre") ?? "";
  const isBytePair = family === "bpe" && model === "gpt2";
  const unknown =
    family === undefined
      ? model
      : isBytePair && before !== "" && !knownPreTokenizers.has(before)
        ? before
        : undefined;
  if (unknown === undefined) return [];
  const text = `${path} has the tokenizer ${quoted(unknown)}, which llama.cpp ${knownSince} does not know`;
  return [{ code: "unsupported-tokenizer", text, hint: newer, prevents: true }];
}

function tensorRemarks({ path, header }: ModelFile): FileRemark[] {
  const unknown = tensorOfUnknownType(header);
  if (unknown !== undefined) {
    const text = `${path} has the tensor ${nameText(unknown.name)} of type ${unknown.type}, which llama.cpp ${knownSince} does not know`;
    return [{ code: "unsupported-tensor-type", text, hint: newer, prevents: true }];
  }
  const extra = trailingBytes(header);
  if (extra === 0) return [];
  const text = `${path} has ${extra} bytes after its last tensor, which belong to no tensor`;
  const hint = "llama.cpp ignores them. Compare the file's checksum with its source's.";
  return [{ code: "trailing-bytes", text, hint, prevents: false }];
}
