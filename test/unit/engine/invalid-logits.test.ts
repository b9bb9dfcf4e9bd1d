import { expect, test } from "vitest";
import { topTwo } from "../../../src/decoding/logits.ts";
import type { Evaluation, TokenSequence } from "../../../src/decoding/sequence.ts";
import { fakeEngine } from "../../../src/engine/fake/engine.ts";
import { openPairOn } from "../../../src/engine/open-pair.ts";
import type { GenerateRequest, PairOptions } from "../../../src/engine/pair.ts";
import type { Engine } from "../../../src/engine/port.ts";
import { fakeOptions, plain } from "./fake-requests.ts";

const options: PairOptions = {
  ...fakeOptions,
  target: "fake:seed=3,end=-1000",
  draft: "fake:seed=3,end=-1000,agreement=0.9",
};

/** A fake engine of which one model gives logits that are all the same. */
function engineWith(bad: "target" | "draft", logit: number): Engine {
  const engine = fakeEngine();
  return {
    ...engine,
    open: async (model) => {
      const opened = await engine.open(model);
      if (model.path !== options[bad]) return opened;
      return { ...opened, sequence: spoilt(opened.sequence, logit) };
    },
  };
}

function spoilt(sequence: TokenSequence, logit: number): TokenSequence {
  const row = new Float32Array(sequence.vocabularySize).fill(logit);
  const spoil = (outputs: Evaluation): Evaluation => ({
    ...outputs,
    logits: () => row,
    topTwo: () => topTwo(row),
  });
  return new Proxy(sequence, {
    get: (_, name: keyof TokenSequence) => {
      const value = sequence[name];
      if (typeof value !== "function") return value;
      const method = value.bind(sequence) as (...args: unknown[]) => unknown;
      if (name !== "evaluate" && name !== "grow") return method;
      return async (...args: unknown[]) => spoil((await method(...args)) as Evaluation);
    },
  });
}

const chain: GenerateRequest = { ...plain, draftLength: 4 };
const warm = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 };
const unfiltered = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const tree = { ...chain, topK: 3, treeSize: 8 };

const requests: Readonly<Record<string, GenerateRequest>> = {
  greedy: chain,
  sampled: { ...chain, sampler: warm },
  unfiltered: { ...chain, sampler: unfiltered },
  nucleus: { ...chain, sampler: { ...unfiltered, topP: 0.9 } },
  "a greedy tree": tree,
  "a sampled tree": { ...tree, sampler: warm },
  typical: { ...chain, sampler: warm, typical: { epsilon: 0.09, delta: 0.3 } },
};

const cases = Object.keys(requests).flatMap((name) =>
  (["target", "draft"] as const).flatMap((bad) =>
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
      (logit) => [name, bad, logit] as const,
    ),
  ),
);

test.each(cases)("%s: the %s's file is named where its logits are %d", async (name, bad, logit) => {
  const pair = await openPairOn({ engine: engineWith(bad, logit), notices: [] }, options);
  const run = async () => {
    for await (const _ of pair.generate(requests[name] as GenerateRequest));
  };
  await expect(run()).rejects.toMatchObject({
    name: "UserError",
    code: "invalid-logits",
    exitCode: 3,
    message: `${pair.info[bad]?.file} gives NaN or infinite logits, which choose no token`,
  });
});
