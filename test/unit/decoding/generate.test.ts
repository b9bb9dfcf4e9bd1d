import { describe, expect, test } from "vitest";
import type { Drafter } from "../../../src/decoding/drafter.ts";
import { seededRandom } from "../../../src/decoding/random.ts";
import type { Evaluation, TokenBatch, TokenSequence } from "../../../src/decoding/sequence.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { generateOptions, run } from "../../support/collect.ts";
import { chainDraft, drafterFrom } from "../../support/drafters.ts";
import {
  fakePair,
  fakeSequence,
  fakeSpec,
  greedy,
  noRandom,
  plainSampling,
} from "../../support/fake.ts";

const spec = fakeSpec({ vocabularySize: 98 });
const text = fakeVocabulary(spec);
const [A, B, C, end] = [35, 36, 37, 0];

/** A target that goes on with the given tokens, whatever stands before. */
function scriptedTarget(answer: readonly number[], prompt: readonly number[]): TokenSequence {
  const sequence = fakeSequence(spec);
  const rowAt = (position: number): Float32Array => {
    const row = new Float32Array(spec.vocabularySize);
    row[answer[position - prompt.length] ?? end] = 9;
    return row;
  };
  return {
    get tokens() {
      return sequence.tokens;
    },
    get settled() {
      return sequence.settled;
    },
    canRollBack: true,
    vocabularySize: sequence.vocabularySize,
    capacity: sequence.capacity,
    batchSize: sequence.batchSize,
    maxOutputs: sequence.maxOutputs,
    prefillChunk: sequence.prefillChunk,
    maxBranches: 0,
    evaluate: (batch): Evaluation => {
      const base = sequence.tokens.length;
      sequence.evaluate(batch);
      const logits = (i: number) => rowAt(base + i + 1);
      const best = (i: number) => ({ token: logits(i).indexOf(9), gap: 9 });
      return { logits, topTwo: best };
    },
    grow: (batch) => sequence.grow(batch),
    truncate: (length) => sequence.truncate(length),
    keep: (path) => sequence.keep(path),
  };
}

const prompt = [1, 2];

/** Decodes `answer` with a drafter that knows it, but for what `draft` says otherwise. */
function decode(
  answer: readonly number[],
  options: Partial<Parameters<typeof run>[0]> & { drafts?: readonly (readonly number[])[] } = {},
) {
  const { drafts, ...rest } = options;
  const queue = drafts?.map((tokens) => [...tokens]);
  const drafter = drafterFrom((known, { maxLength }) => {
    const at = known.length - prompt.length;
    const tokens = queue?.shift() ?? answer.slice(at, at + maxLength);
    return chainDraft(tokens);
  });
  const target = scriptedTarget(answer, prompt);
  return run({ target, text, prompt, drafter, draftLength: 4, ...rest });
}

test("the letters are what they are called", () => {
  expect([A, B, C].map((token) => text.piece(token)).join("")).toBe("ABC");
});

describe("a run ends", () => {
  test("at the end token inside accepted ones, without a token of the target's", async () => {
    const { rounds, tokens, done, text } = await decode([A, B, end, C, C], {
      drafts: [[B, end, C]],
    });
    expect(tokens).toEqual([A, B, end]);
    expect(text).toBe("AB");
    expect(done.reason).toBe("eog");
    expect(rounds).toMatchObject([{ accepted: 2, emitted: [{ token: B }, { token: end }] }]);
    expect(rounds[0]).not.toHaveProperty("rejected");
  });

  test("at the end token as correction and as bonus", async () => {
    const corrected = await decode([A, B, end], { drafts: [[B, C]] });
    expect(corrected.emitted.at(-1)).toMatchObject({ token: end, origin: "correction", text: "" });
    const bonus = await decode([A, B, end], { drafts: [[B]] });
    expect(bonus.emitted.at(-1)).toMatchObject({ token: end, origin: "bonus" });
  });

  test("at the end token that comes first of all", async () => {
    const { events, tokens, text } = await decode([end]);
    expect(tokens).toEqual([end]);
    expect(text).toBe("");
    expect(events.map(({ type }) => type)).toEqual(["prefill", "first-token", "done"]);
  });

  test("at the token limit inside accepted ones", async () => {
    const { tokens, done, rounds } = await decode([A, B, C, A, B, C], {
      maxTokens: 3,
      // Longer than was asked for: a drafter may be wrong.
      drafts: [[B, C, A, B]],
    });
    expect(tokens).toEqual([A, B, C]);
    expect(done.reason).toBe("length");
    expect(rounds[0]).toMatchObject({ accepted: 2 });
  });

  test("at a stop text that spans the first token, a draft and a bonus", async () => {
    const { text, done, tokens } = await decode([A, B, C, C], {
      stopTexts: ["ABC"],
      drafts: [[B]],
    });
    expect(tokens).toEqual([A, B, C]);
    expect(text).toBe("");
    expect(done).toEqual({ type: "done", reason: "stop", text: "" });
  });

  test("at a stop text inside accepted ones", async () => {
    const { text, done, tokens, rounds } = await decode([A, A, B, C, C, C], {
      stopTexts: ["BC"],
      drafts: [[A, B, C, C]],
    });
    expect(tokens).toEqual([A, A, B, C]);
    expect(text).toBe("AA");
    expect(done.reason).toBe("stop");
    expect(rounds[0]).toMatchObject({ accepted: 3 });
  });

  test("with what was held back when no stop text came of it", async () => {
    const { done, emitted, text } = await decode([A, B, end], { stopTexts: ["BCC"] });
    expect(emitted.map((token) => token.text)).toEqual(["A", "", ""]);
    expect(done).toEqual({ type: "done", reason: "eog", text: "B" });
    expect(text).toBe("AB");
  });

  test("by the end token, not the limit, where both come together", async () => {
    expect((await decode([A, end], { maxTokens: 2 })).done.reason).toBe("eog");
    const stopped = await decode([A, B], { maxTokens: 2, stopTexts: ["B"] });
    expect(stopped.done.reason).toBe("stop");
  });
});

describe("events", () => {
  test("tell where each token comes from, and what was turned down", async () => {
    const answer = [A, B, C, A, B, end];
    const { emitted, rounds } = await decode(answer, {
      drafts: [
        [B, A],
        [A, B],
      ],
    });
    const origins = ["bonus", "draft", "correction", "draft", "draft", "bonus"];
    expect(emitted.map(({ origin }) => origin)).toEqual(origins);
    expect(rounds[0]?.rejected).toEqual({ token: A, text: "A", q: Number.NaN });
    expect(rounds[0]?.drafted).toEqual([
      { token: B, parent: -1, q: Number.NaN },
      { token: A, parent: 0, q: Number.NaN },
    ]);
    expect(rounds.map(({ contextTokens }) => contextTokens)).toEqual([4, 7]);
  });

  test("carry the gap at each token, and no q but a draft's", async () => {
    const { emitted } = await decode([A, B, C, end], { drafts: [[B], []] });
    expect(emitted.map(({ gap }) => gap)).toEqual([9, 9, 9, 9]);
    expect(emitted.map((token) => "q" in token)).toEqual([false, true, false, false]);
  });

  test("carry no gap where tokens are sampled", async () => {
    const sampled = await decode([A, end], { sampler: plainSampling, random: seededRandom(1) });
    expect(sampled.emitted.some((token) => "gap" in token)).toBe(false);
  });
});

test("proposing and observing are the draft's time, the batch alone is the target's", async () => {
  let now = 0;
  const takes = <T>(ms: number, value: T): T => {
    now += ms;
    return value;
  };
  const answer = [A, B, C, A, B, C];
  const inner = scriptedTarget(answer, prompt);
  const target: TokenSequence = Object.assign(Object.create(inner), {
    evaluate: (batch: TokenBatch) => takes(100, inner.evaluate(batch)),
    keep: (path: readonly number[]) => takes(7, inner.keep(path)),
  });
  const drafter: Drafter = {
    ...drafterFrom(() => takes(20, chainDraft([C]))),
    observe: () => takes(3, undefined),
  };
  const options = { target, text, prompt, drafter, draftLength: 1, maxTokens: 4 };
  const { rounds } = await run({ ...options, clock: () => now });
  const times = rounds.map(({ draftMs, verifyMs, overheadMs }) => [draftMs, verifyMs, overheadMs]);
  // A comes from the prefill; then B instead of C; then C as drafted, and A.
  expect(times).toEqual([
    [23, 100, 7],
    [23, 100, 7],
  ]);
});

describe("the drafter is asked", () => {
  async function lengthsAsked(options: Partial<Parameters<typeof run>[0]>) {
    const asked: number[] = [];
    const drafter = drafterFrom((_, { maxLength }) => {
      asked.push(maxLength);
      return chainDraft([C]);
    });
    const answer = [A, B, A, B, A, B];
    const target = options.target ?? scriptedTarget(answer, prompt);
    await run({ target, text, prompt, drafter, draftLength: 4, ...options });
    return asked;
  }

  test("for no more than can still be emitted beside the target's own token", async () => {
    expect(await lengthsAsked({ maxTokens: 6 })).toEqual([4, 3, 2, 1]);
  });

  test("for no more than fits into the cache, one batch and its outputs", async () => {
    const answer = [A, B, A, B, A, B];
    const small = limited(scriptedTarget(answer, prompt), { capacity: 6 });
    expect(await lengthsAsked({ target: small })).toEqual([3, 2, 1]);
    const narrow = limited(scriptedTarget(answer, prompt), { batchSize: 3 });
    expect(await lengthsAsked({ target: narrow, maxTokens: 4 })).toEqual([2, 1]);
    const few = limited(scriptedTarget(answer, prompt), { maxOutputs: 2 });
    expect(await lengthsAsked({ target: few, maxTokens: 4 })).toEqual([1, 1]);
  });

  test("for nothing at draft length 0: it does not even begin", async () => {
    const drafter = {
      name: "untouchable",
      begin: () => {
        throw new Error("begun");
      },
      propose: noRandom as never,
      observe: noRandom as never,
    };
    const { tokens } = await decode([A, B, end], { drafter, draftLength: 0 });
    expect(tokens).toEqual([A, B, end]);
  });
});

/** The same sequence with tighter limits. */
function limited(
  sequence: TokenSequence,
  limits: Partial<Pick<TokenSequence, "capacity" | "batchSize" | "maxOutputs">>,
): TokenSequence {
  return Object.assign(Object.create(sequence), limits);
}

test.each([
  [{ draftLength: -1 }],
  [{ draftLength: 1.5 }],
  [{ draftLength: Number.NaN }],
  [{ maxTokens: 0 }],
  [{ maxTokens: Number.POSITIVE_INFINITY }],
  [{ topK: -1 }],
  [{ topK: 0.5 }],
  [{ prompt: [] }],
  [{ prompt: new Array<number>(257).fill(2) }],
  [{ prompt: [98] }],
])("refuses %j", async (wrong) => {
  const target = fakeSequence(spec);
  await expect(run(generateOptions({ target, text, prompt, ...wrong }))).rejects.toThrow(
    RangeError,
  );
  expect(target.tokens).toEqual([]);
});

describe("an audit", () => {
  const audited = async (changes: Partial<Parameters<typeof run>[0]>) => {
    const { target, drafter, text } = fakePair({ target: fakeSpec() });
    const random = seededRandom(7);
    const sampled = { sampler: plainSampling, draftLength: 3, maxTokens: 40 };
    return run({ ...{ target, drafter, text, prompt, random }, ...sampled, ...changes });
  };

  test("reports each place that the exact rule went through, and changes no token", async () => {
    const plain = await audited({});
    const { tokens, rounds } = await audited({ audit: true });
    expect(tokens).toEqual(plain.tokens);
    expect(rounds.length).toBeGreaterThan(3);
    for (const { tested = [], drafted, accepted, rejected } of rounds) {
      const decided = tested.flatMap((place) => place.drafted);
      expect(decided.filter((token) => token.accepted)).toHaveLength(accepted);
      expect(decided).toHaveLength(accepted + Number(rejected !== undefined));
      decided.forEach(({ drawn }, i) => {
        expect(drawn?.own).toBeCloseTo(drafted[i]?.q ?? -1, 12);
      });
    }
  });

  test.each([
    ["unless it was asked for", {}],
    ["at temperature 0", { audit: true, sampler: greedy }],
    ["for a lossy rule", { audit: true, typical: { epsilon: 0.09, delta: 0.3 } }],
  ])("reports nothing %s", async (_, changes) => {
    const { rounds } = await audited(changes);
    expect(rounds.length).toBeGreaterThan(0);
    for (const round of rounds) expect(round).not.toHaveProperty("tested");
  });
});
