import { createHash } from "node:crypto";
import type { HeadsKind } from "../../decoding/draft-heads.ts";
import { environmentError, usageError } from "../../errors.ts";
import type { HeadsInfo } from "../port.ts";
import { vocabularyHash } from "../vocabulary-hash.ts";
import { defaultFakeModel, type FakeModelSpec, languageKeys, numbersOf, pairsOf } from "./spec.ts";
import { fakeWidth } from "./states.ts";
import { fakeVocabulary } from "./vocabulary.ts";

/** Fake heads, as a path like `fake:kind=chained,count=4,agreement=0.8` describes them. */
export interface FakeHeadsSpec {
  readonly kind: HeadsKind;
  readonly count: number;
  /** The language that they know, and the time that they take. */
  readonly model: FakeModelSpec;
  /** Tokens that they can propose; 0 for all. */
  readonly outputs: number;
  /** 1 for heads that were trained for another file of the target. */
  readonly other: number;
}

const keys = {
  count: "count",
  outputs: "outputs",
  other: "other",
  ...languageKeys,
  shift: "shift",
} as const;

/**
 * Parses the path of fake heads. What a target says of its language they are told in the same words.
 *
 * @throws UserError for a path that names no heads, an unknown key or a wrong number
 */
export function parseFakeHeads(path: string): FakeHeadsSpec {
  const pairs = pairsOf(path);
  const kind = pairs.find((pair) => pair.startsWith("kind="))?.slice("kind=".length);
  if (kind === undefined) {
    const hint = "Name fake heads as fake:kind=chained,count=4, or kind=parallel.";
    throw environmentError("not-heads", `${path} holds no draft heads: it is fake`, hint);
  }
  const rest = pairs.filter((pair) => !pair.startsWith("kind="));
  const given = numbersOf(path, rest, keys);
  const { count = 4, outputs = 0, other = 0, ...language } = given;
  const model = { ...defaultFakeModel, ...language };
  const whole = [count, outputs].every(Number.isInteger) && count >= 1 && count <= 32;
  const fits = outputs >= 0 && outputs < model.vocabularySize;
  if ((kind !== "parallel" && kind !== "chained") || !whole || !fits) {
    throw usageError(
      `${path} names no heads`,
      "kind is parallel or chained, count a whole number from 1 to 32, outputs one below vocab.",
    );
  }
  return { kind, count, model, outputs, other };
}

/** Tokens that heads can propose, spread over the vocabulary; undefined for all. */
export function outputTokens({ outputs, model }: FakeHeadsSpec): Int32Array | undefined {
  if (outputs === 0) return undefined;
  const place = (i: number) => Math.floor((i * model.vocabularySize) / outputs);
  return Int32Array.from({ length: outputs }, (_, i) => place(i));
}

/** What fake heads say of themselves. */
export function fakeHeadsInfo(path: string, spec: FakeHeadsSpec): HeadsInfo {
  const { kind, count, model, outputs, other } = spec;
  const vocabulary = fakeVocabulary(model);
  return {
    file: path,
    sizeBytes: 0,
    headerSha256: createHash("sha256").update(path).digest("hex"),
    ...{ kind, count, width: fakeWidth, parameters: 0, quantisation: "F32" },
    outputs: outputs || vocabulary.size,
    target: {
      name: "fake",
      architecture: "fake",
      vocabularySize: vocabulary.size,
      vocabularySha256: vocabularyHash(vocabulary),
      headerSha256: other === 0 ? "" : "another",
    },
    acceptance: Array.from({ length: count }, (_, i) => model.agreement ** (i + 1)),
    trainedTokens: 1000,
  };
}
