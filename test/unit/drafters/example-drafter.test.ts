import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/decoding/random.ts";
import { noDrafter } from "../../../src/drafters/none.ts";
import { run } from "../../support/collect.ts";
import { fakePair, fakeSpec, greedy, plainSampling } from "../../support/fake.ts";
import { LastFollower } from "./example-drafter.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Sure of what follows, so that it repeats itself. */
const target = fakeSpec({ sharpness: 6, endBias: -1000 });

function runWith(drafter: LastFollower | typeof noDrafter, sampler = greedy) {
  const { target: sequence, text } = fakePair({ target });
  return run({
    ...{ target: sequence, text, prompt: [1, 2, 3], draftLength: 4, maxTokens: 60 },
    ...{ drafter, sampler, random: seededRandom(1) },
  });
}

describe("the drafter of CONTRIBUTING.md", () => {
  test("is the file that is tested here", () => {
    const [, block] = /```ts\n([\s\S]*?)```/.exec(read("../../../CONTRIBUTING.md")) ?? [];
    expect(block).toBe(read("./example-drafter.ts"));
  });

  test("is accepted now and then, and changes nothing", async () => {
    const plain = await runWith(noDrafter);
    const drafted = await runWith(new LastFollower());
    expect(drafted.tokens).toEqual(plain.tokens);
    expect(drafted.rounds.length).toBeLessThan(plain.rounds.length);
  });

  test("can be asked for one text after another", async () => {
    const drafter = new LastFollower();
    const first = await runWith(drafter);
    expect((await runWith(drafter)).tokens).toEqual(first.tokens);
  });

  test("drafts above temperature 0 too", async () => {
    const { rounds, tokens } = await runWith(new LastFollower(), plainSampling);
    expect(tokens).toHaveLength(60);
    expect(rounds.flatMap(({ drafted }) => drafted).length).toBeGreaterThan(0);
  });
});
