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
  /** 1 for a model with a chat template. */
  readonly template: number;
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
  template: 1,
};

const keys: Readonly<Record<string, keyof FakeModelSpec>> = {
  vocab: "vocabularySize",
  seed: "seed",
  agreement: "agreement",
  sharpness: "sharpness",
  end: "endBias",
  step: "stepMs",
  token: "tokenMs",
  load: "loadMs",
  shift: "shift",
  template: "template",
};

/**
 * Parses a path like `fake:agreement=0.8,step=2`.
 *
 * @throws UserError for a path that does not begin with `fake:`, an unknown key or no number
 */
export function parseFakeModel(path: string): FakeModelSpec {
  if (!path.startsWith("fake:")) {
    throw usageError(`the fake engine has no model ${path}`, "Name one as fake:key=value,….");
  }
  const pairs = path.slice("fake:".length).split(",").filter(Boolean);
  const given = pairs.map((pair) => {
    const [key = "", text = ""] = pair.split("=");
    const name = keys[key];
    const value = Number(text);
    if (name === undefined || text === "" || Number.isNaN(value)) {
      throw usageError(`${path}: ${pair} says nothing`, `Keys: ${Object.keys(keys).join(", ")}.`);
    }
    return [name, value] as const;
  });
  return { ...defaultFakeModel, ...Object.fromEntries(given) };
}
