import { environmentError, type UserError } from "../errors.ts";
import { excerpt } from "./excerpt.ts";

/** llama.cpp's lines quote names from the file, which may be of any length. */
const shownCharacters = 300;

interface Explanation {
  /** What llama.cpp's log says in this case (src/llama-model-loader.cpp, src/llama-model.cpp). */
  readonly pattern: RegExp;
  readonly code: string;
  readonly text: (match: RegExpExecArray) => string;
  readonly hint: string;
}

const explanations: readonly Explanation[] = [
  {
    pattern: /unknown model architecture: '([^']*)'/,
    code: "unsupported-architecture",
    text: ([, name]) => `has the architecture "${name}", which this llama.cpp does not run`,
    hint: "A newer specdec may, with a newer llama.cpp.",
  },
  {
    pattern: /tensor '([^']*)' not found|missing tensor '([^']*)'/,
    code: "model-incomplete",
    text: ([, a, b]) => `is not a whole model: the tensor ${a ?? b} is missing`,
    hint: "Download it again, or another conversion: converting or uploading this one stopped halfway.",
  },
  {
    pattern: /tensor '([^']*)' has wrong shape; expected\s+([\d, ]+\d),\s*got\s+([\d, ]+\d)/,
    code: "model-corrupt",
    text: ([, name, expected = "", found = ""]) =>
      `contradicts itself: by its header ${name} should be ${byWord(expected)}, and it is ${byWord(found)}`,
    hint: "Download another conversion of the model.",
  },
  {
    pattern: /(?:array )?key not found in model: (\S+)/,
    code: "model-corrupt",
    text: ([, key]) => `does not say ${key}, which its architecture needs`,
    hint: "Download another conversion of the model.",
  },
  {
    pattern: /(?:invalid gguf type for|key) (\S+)(?: has wrong type|\n|$)/m,
    code: "model-corrupt",
    text: ([, key]) => `has a value of the wrong type under ${key}`,
    hint: "Download another conversion of the model.",
  },
  {
    pattern: /unknown (pre-tokenizer type|tokenizer): '([^']*)'/,
    code: "unsupported-tokenizer",
    text: ([, , name]) => `has the tokenizer "${name}", which this llama.cpp does not know`,
    hint: "A newer specdec may run it, with a newer llama.cpp.",
  },
  {
    pattern: /wrong number of tensors; expected (\d+), got (\d+)/,
    code: "model-corrupt",
    text: ([, expected, got]) =>
      `has ${expected} tensors, and its architecture uses ${got} of them: its header or its tensors are another model's`,
    hint: "Download another conversion of the model.",
  },
  {
    pattern: /not within the file bounds|model is corrupted or incomplete|failed to read/,
    code: "model-truncated",
    text: () => "is incomplete or damaged",
    hint: "Download the file again.",
  },
  {
    pattern: /unable to allocate|failed to allocate|out of memory|cannot allocate/i,
    code: "not-enough-memory",
    text: () => "does not fit into memory",
    hint: "Close other programs, take a smaller quantisation, or put fewer layers on the GPU.",
  },
];

/** "192, 4096, 1, 1" as "192 by 4096". */
function byWord(shape: string): string {
  const sizes = shape.split(",").map((size) => size.trim());
  while (sizes.length > 1 && sizes.at(-1) === "1") sizes.pop();
  return sizes.join(" by ");
}

/** Says why llama.cpp gave no model, as far as its log tells. */
export function explainLoadFailure(
  file: { readonly path: string },
  log: readonly string[],
): UserError {
  const text = log.join("\n");
  for (const { pattern, code, text: describe, hint } of explanations) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const what = excerpt(describe(match), shownCharacters);
    return environmentError(code, `${file.path} ${what}`, hint);
  }
  // The first is the cause; what follows only passes it on.
  const first = log.find((line) => /error|fail|invalid/i.test(line));
  const cause = first?.trim().replace(/^\w+: error loading model: /, "");
  const reason = cause === undefined ? "" : `: ${excerpt(cause, shownCharacters)}`;
  return environmentError(
    "model-load-failed",
    `${file.path} cannot be loaded${reason}`,
    "Download it again, or another conversion. SPECDEC_DEBUG=1 shows llama.cpp's whole log.",
  );
}
