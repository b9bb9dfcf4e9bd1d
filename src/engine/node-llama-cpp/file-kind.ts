import { describeTextFile } from "./text-file-kind.ts";

/** What a file is that was taken for a model. */
export interface FileKind {
  /** With its article, after "it is". */
  readonly is: string;
  /** What to do. */
  readonly hint: string;
}

interface Signature extends FileKind {
  readonly matches: (start: Buffer) => boolean;
}

const convert =
  "Convert it with llama.cpp's convert_hf_to_gguf.py, or download a GGUF of the model.";
const unpack = "Unpack it, and name the .gguf file in it.";
const again = "Download it again.";

/** Files begin so; the first match counts. */
const signatures: readonly Signature[] = [
  {
    matches: (start) =>
      ["lmgg", "fmgg", "tjgg", "ggml", "ggmf", "ggjt"].includes(ascii(start, 0, 4)),
    is: "a model in the GGML format that came before GGUF",
    hint: "llama.cpp no longer reads it (whisper.cpp still uses it for speech models): download a GGUF of the model.",
  },
  {
    matches: (start) => ["algg", "ggla"].includes(ascii(start, 0, 4)),
    is: "a LoRA adapter in the format that came before GGUF",
    hint: "Download a GGUF of a model that has the adapter merged in.",
  },
  {
    matches: (start) =>
      start.readUInt32LE(4) < 64 && /^(blk\.\d|output|token_embd)/.test(ascii(start, 8, 24)),
    is: "an importance matrix, which quantising reads",
    hint: "Name the model that was quantised with it.",
  },
  {
    matches: (start) => ascii(start, 0, 4) === "PK\u0003\u0004",
    is: "a ZIP archive, as PyTorch saves checkpoints",
    hint: convert,
  },
  { matches: isSafetensors, is: "a safetensors file", hint: convert },
  {
    matches: (start) => start[0] === 0x80 && (start[1] as number) >= 2 && (start[1] as number) <= 5,
    is: "a Python pickle, as PyTorch saved checkpoints",
    hint: convert,
  },
  {
    matches: startsWith(0x89, 0x48, 0x44, 0x46),
    is: "an HDF5 file, as Keras saves models",
    hint: convert,
  },
  {
    matches: (start) => ascii(start, 4, 8) === "TFL3",
    is: "a TensorFlow Lite model",
    hint: convert,
  },
  { matches: startsWith(0x1f, 0x8b), is: "a gzip archive", hint: unpack },
  { matches: startsWith(0x28, 0xb5, 0x2f, 0xfd), is: "a Zstandard archive", hint: unpack },
  { matches: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a), is: "an xz archive", hint: unpack },
  { matches: startsWith(0x37, 0x7a, 0xbc, 0xaf), is: "a 7-Zip archive", hint: unpack },
  { matches: (start) => /^BZh\d/.test(ascii(start, 0, 4)), is: "a bzip2 archive", hint: unpack },
  { matches: (start) => ascii(start, 257, 262) === "ustar", is: "a tar archive", hint: unpack },
  {
    matches: (start) => ascii(start, 0, 6) === "MZqFpD",
    is: "a llamafile, which is a program with a model in it",
    hint: "Unpack the model with unzip, and name the .gguf file.",
  },
  {
    matches: (start) => ascii(start, 1, 4) === "ELF" || ascii(start, 0, 2) === "MZ",
    is: "a program",
    hint: "Name a .gguf file.",
  },
  {
    matches: (start) => start.every((byte) => byte === 0),
    is: "full of zeros, as after a download that has only reserved its space",
    hint: again,
  },
];

/** What the first bytes are padded to, so that every signature can be looked for. */
const leastBytes = 512;

/**
 * Says what a file is that does not begin as GGUF does.
 *
 * @param start its first bytes, 4096 or all there are
 */
export function describeForeignFile(path: string, start: Buffer, fileBytes: number): FileKind {
  if (/^GGU?$|^G$/.test(start.toString("latin1"))) {
    return { is: `the first ${fileBytes} bytes of one`, hint: again };
  }
  const padded = Buffer.alloc(Math.max(start.length, leastBytes));
  start.copy(padded);
  const found = signatures.find(({ matches }) => matches(padded));
  if (found !== undefined) return { is: found.is, hint: found.hint };
  return describeTextFile(start) ?? unknownFile(path, start);
}

/** A file in raw pieces: NAME.gguf-split-b, NAME.gguf.part2of3, NAME.gguf.002. */
const pieceName = /(-split-[a-z]|\.part[-_]?\d+(of\d+)?|\.\d{3}|\.[a-z]{2})$/i;

/** Whether a file is called like one of the pieces that a large file was cut into. */
export function isNamedAsPiece(path: string): boolean {
  return pieceName.test(path) && !/\.\d{3}\.gguf$/i.test(path);
}

function unknownFile(path: string, start: Buffer): FileKind {
  const bytes = [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
  if (isNamedAsPiece(path)) {
    return {
      is: "by its name a later piece of a file that was cut up",
      hint: "Join the pieces in their order with cat, and name the whole file.",
    };
  }
  return {
    is: `of an unknown format, its first bytes are ${bytes.join(" ")}`,
    hint: "specdec runs GGUF models; Hugging Face lists them under the tag gguf.",
  };
}

function ascii(start: Buffer, from: number, to: number): string {
  return start.toString("latin1", from, to);
}

function startsWith(...bytes: readonly number[]): (start: Buffer) => boolean {
  return (start) => bytes.every((byte, i) => start[i] === byte);
}

/** The length of a JSON header in 8 bytes, then the header. */
function isSafetensors(start: Buffer): boolean {
  const length = start.readUInt32LE(0) + start.readUInt32LE(4) * 0x1_0000_0000;
  return length >= 2 && length < 1e9 && /^\{\s*("|\})/.test(ascii(start, 8, 40));
}
