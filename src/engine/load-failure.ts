import { environmentError, type UserError } from "../errors.ts";

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

/** Says why llama.cpp gave no model, as far as its log tells. */
export function explainLoadFailure(
  file: { readonly path: string },
  log: readonly string[],
): UserError {
  const text = log.join("\n");
  for (const { pattern, code, text: describe, hint } of explanations) {
    const match = pattern.exec(text);
    if (match !== null) return environmentError(code, `${file.path} ${describe(match)}`, hint);
  }
  // The first is the cause; what follows only passes it on.
  const first = log.find((line) => /error|fail|invalid/i.test(line));
  const reason = first === undefined ? "" : `: ${first.trim()}`;
  return environmentError(
    "model-load-failed",
    `${file.path} cannot be loaded${reason}`,
    "Set SPECDEC_DEBUG=1 to see llama.cpp's whole log.",
  );
}
