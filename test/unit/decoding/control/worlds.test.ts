import { expect, test } from "vitest";
import { shareOfBest, standingOf } from "../../../support/simulation/page.ts";
import {
  grid,
  runTexts,
  runWorld,
  textsOf,
  type World,
  type WorldResult,
  wholeGrid,
} from "../../../support/simulation/worlds.ts";

/** Every so many worlds of the grid of short texts: some of each kind. */
const every = 9;

test("auto comes near the best fixed length, and nowhere far below plain decoding", async () => {
  const worlds = grid({ ...wholeGrid, lengths: [48] }).filter((_, i) => i % every === 0);
  const results: WorldResult[] = [];
  for (const world of worlds) results.push(await runWorld(world));
  const standing = standingOf(results);
  expect(standing.worlds).toBeGreaterThan(40);
  expect(standing.atLeast95).toBeGreaterThanOrEqual(0.9);
  expect(standing.worst).toBeGreaterThanOrEqual(0.9);
  expect(standing.worstOfPlain).toBeGreaterThanOrEqual(0.97);
  expect(results.every(({ sameTexts }) => sameTexts)).toBe(true);
}, 60_000);

/** A pair that gains with its draft model, on texts where lookup finds next to nothing. */
const starving: World = {
  ...{ drafters: ["ngram", "draft"], agreement: [0.6, 0.6], repetition: [0, 0] },
  ...{ draftStep: 0.2, slope: 0.1, texts: 8, tokens: 48 },
};

test.each([0.55, 0.65, 0.8])(
  "a look-up that finds nothing does not keep the model from being asked: agreement %d",
  async (agreement) => {
    const result = await runWorld({ ...starving, agreement: [agreement, agreement] });
    expect(result.bestFixed).toBeGreaterThan(1.05);
    expect(shareOfBest(result)).toBeGreaterThan(0.95);
    const byModel = result.autoRounds.filter(({ drafter }) => drafter === "draft");
    expect(byModel.length).toBeGreaterThan(result.autoRounds.length / 3);
  },
);

test("probes are tries that drafted something", async () => {
  const { autoRounds } = await runWorld({ ...starving, agreement: [0.3, 0.3], slope: 0.3 });
  const probes = autoRounds.filter(({ plan }) => plan?.probe === true);
  expect(probes.length).toBeGreaterThan(0);
  expect(probes.every(({ drafted }) => drafted.length > 0)).toBe(true);
});

test("fixed lengths cost by their batches what the clock says", async () => {
  const { fixed } = await runWorld(starving);
  for (const draftLength of [0, 1, 4]) {
    const settings = { draftLength, adaptive: false };
    const { speed } = await runTexts(textsOf(starving, 1), starving, settings);
    expect(speed).toBeCloseTo(fixed[draftLength] ?? 0, 9);
  }
});
