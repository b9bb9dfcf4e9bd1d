import { usageError } from "../../errors.ts";
import type { FakeLanguage } from "./language.ts";

/** A fake model, as the path `fake:key=value,…` describes it. */
export interface FakeModelSpec extends FakeLanguage {
  /** Time of a batch of one token, in ms. */
  readonly stepMs: number;
  /** Time of each further token in a batch, in ms. */
  readonly tokenMs: number;
  /** Time to load, in ms. */
  readonly loadMs: number;
  /** Tokens that the vocabulary's entries are rotated by: another number is another vocabulary. */
  readonly shift: number;
  /** Tokens that have other names here than in other fake models, `rename=5+9`. */
  readonly rename: readonly number[];
  /** 1 for a model with a chat template. */
  readonly template: number;
  /** 1 for a model whose cache cannot be cut back to a part of its text. */
  readonly recurrent: number;
  /** Tokens of reasoning, in `<think>` and `</think>`, that each answer starts with; 0 for none. */
  readonly thinkTokens: number;
  /** 1 for a model whose last three tokens are those of fill-in-the-middle prompts. */
  readonly fim: number;
}

/** The fake model that `fake:` names. */
export const defaultFakeModel: FakeModelSpec = {
  vocabularySize: 105,
  seed: 1,
  agreement: 1,
  sharpness: 3,
  endBias: -4,
  stepMs: 0,
  tokenMs: 0,
  loadMs: 0,
  shift: 0,
  rename: [],
  template: 1,
  recurrent: 0,
  thinkTokens: 0,
  fim: 0,
};

/** Keys of what a fake model says and how long a batch takes. */
export const languageKeys = {
  vocab: "vocabularySize",
  seed: "seed",
  agreement: "agreement",
  sharpness: "sharpness",
  end: "endBias",
  step: "stepMs",
  token: "tokenMs",
} as const satisfies Readonly<Record<string, keyof FakeModelSpec>>;

const keys: Readonly<Record<string, Exclude<keyof FakeModelSpec, "rename">>> = {
  ...languageKeys,
  load: "loadMs",
  shift: "shift",
  template: "template",
  recurrent: "recurrent",
  think: "thinkTokens",
  fim: "fim",
};

/**
 * Parses a path like `fake:agreement=0.8,step=2`.
 *
 * @throws UserError for a path that does not begin with `fake:`, an unknown key or no number
 */
export function parseFakeModel(path: string): FakeModelSpec {
  const [renames, numbers] = partition(pairsOf(path), (pair) => renamePattern.test(pair));
  const rename = renames.flatMap((pair) => pair.slice(renameKey.length).split("+").map(Number));
  const spec: FakeModelSpec = { ...defaultFakeModel, ...numbersOf(path, numbers, keys), rename };
  checkSpec(path, spec);
  return spec;
}

const renameKey = "rename=";
const renamePattern = /^rename=\d+(\+\d+)*$/;

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** The `key=value` pairs of a path. */
export function pairsOf(path: string): string[] {
  if (!path.startsWith("fake:")) {
    throw usageError(`the fake engine has no model ${path}`, "Name one as fake:key=value,….");
  }
  return path.slice("fake:".length).split(",").filter(Boolean);
}

/** Pairs as fields by their keys. */
export function numbersOf<Field extends string>(
  path: string,
  pairs: readonly string[],
  fields: Readonly<Record<string, Field>>,
): Partial<Record<Field, number>> {
  const given = pairs.map((pair) => {
    const [, key = "", text = ""] = /^(\w+)=(-?[\d.]+)$/.exec(pair) ?? [];
    const name = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (name === undefined) {
      throw usageError(`${path}: ${pair} says nothing`, `Keys: ${Object.keys(fields).join(", ")}.`);
    }
    return [name, Number(text)] as const;
  });
  return Object.fromEntries(given) as Partial<Record<Field, number>>;
}

function checkSpec(path: string, spec: FakeModelSpec): void {
  const { rename, ...figures } = spec;
  const { vocabularySize, agreement, shift, stepMs, tokenMs, loadMs, thinkTokens, fim } = figures;
  const isCount = (value: number, least = 0): boolean => Number.isInteger(value) && value >= least;
  const canSpell = thinkTokens === 0 || vocabularySize >= defaultFakeModel.vocabularySize;
  const isRight =
    isCount(vocabularySize, fim === 0 ? 3 : 6) &&
    isCount(shift) &&
    isCount(thinkTokens) &&
    canSpell &&
    agreement >= 0 &&
    agreement <= 1 &&
    Math.min(stepMs, tokenMs, loadMs) >= 0 &&
    rename.every((token) => token < vocabularySize) &&
    Object.values(figures).every(Number.isFinite);
  if (isRight) return;
  throw usageError(
    `${path} is no model`,
    "vocab is a whole number from 3, or 6 with fim; shift and think are whole numbers from 0, think " +
      "with the whole vocabulary only; agreement is 0 to 1; times are from 0; rename has tokens of the vocabulary.",
  );
}
