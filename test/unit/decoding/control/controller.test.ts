import { describe, expect, test } from "vitest";
import { AcceptanceModel } from "../../../../src/decoding/control/acceptance-model.ts";
import { DraftController } from "../../../../src/decoding/control/controller.ts";
import { type Random, seededRandom } from "../../../../src/decoding/random.ts";

/** A machine and a pair: costs in plain steps of 10 ms, α for every tested token. */
interface World {
  readonly alpha: (pass: number) => number;
  /** Cost of a draft step. */
  readonly c: number;
  /** Cost of a batch of n. */
  readonly v: (n: number) => number;
  /** What the draft says of a path whose real chance is p; it drafts no further below `pGrow`. */
  readonly confidence?: (p: number) => number;
  /** Cost of a token that the drafter catches up on. */
  readonly catchUp?: number;
}

const stepMs = 10;
const largest = 12;

/** Batches of 1, 2, … tokens. */
function batches(times: readonly number[]) {
  return times.map((ms, i) => ({ tokens: i + 1, ms }));
}

/** A draft model whose batches cost a step, and as much again for each further token. */
function draftOf(stepMs: number, tokenMs: number) {
  return { batches: batches([stepMs, stepMs + tokenMs]), stepMs };
}

function linear(slope: number): (n: number) => number {
  return (n) => 1 + slope * (n - 1);
}

/** Tokens per plain step of a fixed length, by Leviathan et al. 2023 with real batch costs. */
function fixedRate({ c, v }: World, alpha: number, length: number): number {
  let tokens = 1;
  for (let i = 1; i <= length; i++) tokens += alpha ** i;
  return tokens / (length * c + v(length + 1));
}

function bestRate(world: World, alpha: number): number {
  return Math.max(...Array.from({ length: largest + 1 }, (_, n) => fixedRate(world, alpha, n)));
}

function controllerFor({ c, v, catchUp = c / 4 }: World): DraftController {
  return new DraftController({
    target: batches([1, 2, 3, 4, 5].map((n) => v(n) * stepMs)),
    model: draftOf(c * stepMs, catchUp * stepMs),
    free: false,
  });
}

interface Lived {
  readonly tokens: number;
  /** Time in plain steps. */
  readonly time: number;
}

/** Runs passes; a chain's tokens are accepted one after another until one is not. */
function live(
  world: World,
  controller: DraftController,
  { from, to, random }: { from: number; to: number; random: Random },
): Lived {
  let [tokens, time, unseen] = [0, 0, 0];
  const noisy = (steps: number) => steps * (0.9 + 0.2 * random());
  for (let pass = from; pass < to; pass++) {
    const plan = controller.plan(largest, unseen);
    const alpha = world.alpha(pass);
    const { confidence = (p: number) => p } = world;
    const paths = Array.from({ length: plan.modelSize }, (_, i) => confidence(alpha ** (i + 1)));
    const kept = paths.filter((path) => path >= plan.floors.pMin);
    const grown = kept.findIndex((path) => path < plan.floors.pGrow);
    const size = grown < 0 ? kept.length : grown + 1;
    let accepted = 0;
    while (accepted < size && random() < alpha) accepted++;
    const catchUp =
      plan.modelSize > 0 ? Math.max(0, unseen - 1) * (world.catchUp ?? world.c / 4) : 0;
    const draft = noisy(size * world.c + catchUp);
    const verify = noisy(world.v(size + 1));
    // The model evaluates what it drafts, but for the last one.
    unseen = plan.modelSize > 0 ? 1 : unseen + 1;
    tokens += accepted + 1;
    time += draft + verify;
    controller.observe({
      ranks: Array.from({ length: size }, (_, i) => ({
        path: paths[i] as number,
        accepted: i < accepted,
      })),
      free: false,
      asked: plan.modelSize > 0,
      mismatch: size > 0 && accepted < size,
      draftMs: draft * stepMs,
      verifyMs: verify * stepMs,
      overheadMs: 0,
    });
  }
  return { tokens, time };
}

const alphas = [0.2, 0.5, 0.7, 0.85, 0.95];
const costs = [0.02, 0.1, 0.3, 0.6];
const slopes = [0.02, 0.15, 0.4, 0.7];

describe("finds the analytic optimum within 5 %", () => {
  const worlds = alphas.flatMap((alpha) =>
    costs.flatMap((c) => slopes.map((slope) => ({ alpha, c, slope }))),
  );
  test.each(worlds)("α $alpha, c $c, v(n) = 1 + $slope(n − 1)", ({ alpha, c, slope }) => {
    const world: World = { alpha: () => alpha, c, v: linear(slope) };
    const controller = controllerFor(world);
    const random = seededRandom(11);
    live(world, controller, { from: 0, to: 100, random });
    const { tokens, time } = live(world, controller, { from: 100, to: 2100, random });
    expect(tokens / time / bestRate(world, alpha)).toBeGreaterThan(0.95);
  });
});

describe("where drafting cannot pay", () => {
  test.each([
    {
      alpha: 0.83,
      c: 0.49,
      v: (n: number) => [1, 1.66, 2.16, 2.42, 3.18, 3.64][n - 1] ?? n * 0.62,
    },
    { alpha: 0.3, c: 0.2, v: linear(0.5) },
    { alpha: 0.9, c: 1, v: linear(1) },
  ])("it loses 3 % at most, from the first token on: α $alpha, c $c", ({ alpha, c, v }) => {
    const world: World = { alpha: () => alpha, c, v };
    for (const passes of [96, 1000]) {
      const controller = controllerFor(world);
      const { tokens, time } = live(world, controller, {
        from: 0,
        to: passes,
        random: seededRandom(3),
      });
      expect(tokens / time).toBeGreaterThan(0.97);
    }
  });
});

test("follows acceptance that changes half-way, both ways", () => {
  for (const [before, after] of [
    [0.9, 0.2],
    [0.2, 0.9],
  ] as const) {
    const world: World = {
      alpha: (pass) => (pass < 600 ? before : after),
      c: 0.1,
      v: linear(0.3),
      catchUp: 0.005,
    };
    const controller = controllerFor(world);
    const random = seededRandom(8);
    live(world, controller, { from: 0, to: 1000, random });
    const { tokens, time } = live(world, controller, { from: 1000, to: 2000, random });
    expect(tokens / time / bestRate(world, after)).toBeGreaterThan(0.95);
  }
});

test.each([
  ["too modest", (p: number) => p * 0.3],
  ["too sure", (p: number) => p ** 0.2],
])("does not rely on a draft that is %s", (_, confidence) => {
  const world: World = { alpha: () => 0.8, c: 0.1, v: linear(0.2), confidence };
  const controller = controllerFor(world);
  const random = seededRandom(9);
  live(world, controller, { from: 0, to: 300, random });
  const { tokens, time } = live(world, controller, { from: 300, to: 2300, random });
  expect(tokens / time / bestRate(world, 0.8)).toBeGreaterThan(0.95);
});

test.each([
  ["too dear", 1.5],
  ["too cheap", 0.6],
])("corrects costs of larger batches that were measured %s", (_, factor) => {
  const world: World = { alpha: () => 0.8, c: 0.1, v: linear(0.15), catchUp: 0.005 };
  const controller = new DraftController({
    target: batches([1, 2, 3, 4, 5].map((n) => world.v(n) * stepMs * (n === 1 ? 1 : factor))),
    model: draftOf(world.c * stepMs, 0.005 * stepMs),
    free: false,
  });
  const random = seededRandom(5);
  live(world, controller, { from: 0, to: 400, random });
  const { tokens, time } = live(world, controller, { from: 400, to: 2400, random });
  expect(tokens / time / bestRate(world, 0.8)).toBeGreaterThan(0.95);
});

test("does not go on asking a model whose drafts are dropped for their first token", () => {
  // A text that was easy gets hard: the draft knows, and is asked all the same for its step's time.
  const [step, pair] = [2, 14];
  const controller = new DraftController({
    target: batches([stepMs, pair]),
    model: draftOf(step, 0),
    free: false,
  });
  const random = seededRandom(7);
  let [tokens, time] = [0, 0];
  for (let pass = 0; pass < 3000; pass++) {
    const { modelSize: size, floors } = controller.plan(1, 1);
    const sure = random() < (pass < 400 ? 0.95 : 0.2);
    const path = sure ? 0.95 : 0.15;
    const drafted = size > 0 && path >= floors.pMin;
    const accepted = drafted && random() < (sure ? 0.95 : 0.05);
    const draftMs = size > 0 ? step : 0;
    const verifyMs = drafted ? pair : stepMs;
    controller.observe({
      ranks: drafted ? [{ path, accepted }] : [],
      ...{ free: false, asked: size > 0, mismatch: drafted && !accepted, draftMs, verifyMs },
      overheadMs: 0,
    });
    if (pass < 400) continue;
    tokens += accepted ? 2 : 1;
    time += draftMs + verifyMs;
  }
  expect((tokens / time) * stepMs).toBeGreaterThan(0.96);
});

test("notices that texts get easier behind their beginnings, though it has to catch up to see it", () => {
  // A batch of two costs nearly two steps, so that only long drafts pay, and only in the later part.
  const v = (n: number) => [1, 1.79, 2.06, 2.19, 2.56, 2.75, 2.95, 3.2][n - 1] ?? 3.2 + (n - 8) / 4;
  const [c, catchUp] = [0.15, 0.035];
  const rates = [1, 2, 3, 4].map((seed) => {
    const random = seededRandom(seed);
    const controller = new DraftController({
      target: batches([1, 2, 3, 4, 5, 6].map((n) => v(n) * stepMs)),
      model: draftOf(c * stepMs, catchUp * stepMs),
      free: false,
    });
    let [tokens, time] = [0, 0];
    for (let text = 0; text < 12; text++) {
      for (let at = 0, unread = 0; at < 400; ) {
        const { modelSize: size, floors } = controller.plan(16, unread);
        const alpha = (i: number) => (at + i < 30 ? 0.6 : 0.93);
        const paths: number[] = [];
        for (let i = 0, path = 1; i < size; i++) {
          path *= alpha(i);
          if (path < floors.pMin) break;
          paths.push(path);
          if (path < floors.pGrow) break;
        }
        let accepted = 0;
        while (accepted < paths.length && random() < alpha(accepted)) accepted++;
        const caughtUp = Math.max(0, unread - 1) * catchUp;
        const draft = size > 0 ? Math.max(1, paths.length) * c + caughtUp : 0;
        const verify = v(paths.length + 1);
        controller.observe({
          ranks: paths.map((path, i) => ({ path, accepted: i < accepted })),
          ...{ free: false, asked: size > 0, mismatch: accepted < paths.length, overheadMs: 0 },
          ...{ draftMs: draft * stepMs, verifyMs: verify * stepMs },
        });
        unread = size > 0 ? 1 : unread + 1;
        at += accepted + 1;
        tokens += accepted + 1;
        time += draft + verify;
      }
    }
    return tokens / time;
  });
  expect(rates.reduce((a, b) => a + b) / rates.length).toBeGreaterThan(1.15);
});

test("charges the tokens that a model has to catch up on, whoever did not ask it", () => {
  const controller = new DraftController({
    target: batches([10, 10.5, 11, 11.5, 12]),
    model: draftOf(1, 0.5),
    free: false,
  });
  for (let pass = 0; pass < 20; pass++) {
    const { modelSize: size } = controller.plan(4, 1);
    const ranks = Array.from({ length: size }, () => ({ path: 0.9, accepted: true }));
    const outcome = { free: false, asked: size > 0, mismatch: false, overheadMs: 0 };
    controller.observe({ ...outcome, ranks, draftMs: size, verifyMs: 10 + size / 2 });
  }
  expect(controller.plan(4, 1).modelSize).toBe(4);
  expect(controller.plan(4, 1000, 8).modelSize).toBe(0);
  expect(controller.plan(4, 10_000).modelSize).toBe(0);
});

describe("a floor", () => {
  const learned = (path: number, accepted: boolean) => {
    const model = new AcceptanceModel();
    for (let i = 0; i < 40; i++) model.observe(1, [{ path, accepted }], !accepted);
    return model;
  };

  test.each([1, 0.5, 0.96, 0.3])(
    "keeps out what is turned down, and not what lies above: %d",
    (path) => {
      const floor = learned(path, false).confidenceFor(0.5);
      expect(path < floor).toBe(true);
      expect(path + 0.01 < floor).toBe(false);
    },
  );

  test("keeps nothing out that is accepted", () => {
    expect(learned(1, true).confidenceFor(0.5)).toBe(0);
  });
});

describe("with a look-up beside the model", () => {
  interface LookUp {
    /** In what share of the passes it has a proposal, and how many of its tokens are right. */
    readonly finds: number;
    readonly alpha: number;
  }

  function liveWithLookUp(
    modelAlpha: number,
    c: number,
    { finds, alpha }: LookUp = { finds: 1 / 3, alpha: 0.9 },
    passes = 2000,
  ) {
    const controller = new DraftController({
      target: batches([1, 2, 3, 4, 5].map((n) => linear(0.3)(n) * stepMs)),
      model: draftOf(c * stepMs, (c / 4) * stepMs),
      free: true,
    });
    const random = seededRandom(4);
    let [tokens, time, unseen] = [0, 0, 0];
    for (let pass = 0; pass < passes; pass++) {
      const plan = controller.plan(8, unseen);
      const free = plan.freeSize > 0 && random() < finds;
      const asked = plan.modelSize > 0 && !free;
      const size = free ? plan.freeSize : asked ? plan.modelSize : 0;
      let accepted = 0;
      while (accepted < size && random() < (free ? alpha : modelAlpha)) accepted++;
      const draft = asked ? size * c + Math.max(0, unseen - 1) * (c / 4) : 0;
      const verify = linear(0.3)(size + 1);
      unseen = asked ? 1 : unseen + accepted + 1;
      tokens += accepted + 1;
      time += draft + verify;
      controller.observe({
        ranks: Array.from({ length: size }, (_, i) => ({ path: NaN, accepted: i < accepted })),
        ...{ free, asked, mismatch: accepted < size, overheadMs: 0 },
        ...{ draftMs: draft * stepMs, verifyMs: verify * stepMs },
      });
    }
    return tokens / time;
  }

  test.each([
    [100, 0.97],
    [500, 0.975],
    [4000, 0.98],
  ])("it loses little by finds that are wrong: in %i passes it keeps %d", (passes, least) => {
    const rare = { finds: 0.1, alpha: 0.35 };
    expect(liveWithLookUp(0.3, 0.4, rare, passes)).toBeGreaterThan(least);
  });

  test("it takes what is free where the model cannot pay", () => {
    // One pass in three at the best length of a look-up with acceptance 0.9, the others plain.
    const best = Math.max(
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => {
        const drafted = (1 - 0.9 ** (n + 1)) / (1 - 0.9);
        return (drafted / 3 + 2 / 3) / (linear(0.3)(n + 1) / 3 + 2 / 3);
      }),
    );
    expect(best).toBeGreaterThan(1.3);
    expect(liveWithLookUp(0.3, 0.4) / best).toBeGreaterThan(0.95);
  });

  test("it asks the model too where that pays more", () => {
    // A pass of the model alone, 8 long, which two passes in three can be.
    const model = (1 - 0.95 ** 9) / (1 - 0.95) / (8 * 0.05 + linear(0.3)(9));
    expect(liveWithLookUp(0.95, 0.05)).toBeGreaterThan(0.95 * model);
    expect(model).toBeGreaterThan(1.2 * liveWithLookUp(0.3, 0.05));
  });
});

describe("with parallel heads, whose draft is one batch", () => {
  const costs = { target: batches([10, 11, 12, 13, 14]), free: false };
  const outcome = (size: number, accepted: number, draftMs: number) => ({
    ranks: Array.from({ length: size }, (_, i) => ({
      path: 0.8 ** (i + 1),
      accepted: i < accepted,
    })),
    ...{ free: false, asked: size > 0, mismatch: accepted < size },
    ...{ draftMs, verifyMs: 10 + size, overheadMs: 0 },
  });

  test("drafts where as many steps would take too long", () => {
    const model = draftOf(12, 0.2);
    const sizes = [true, false].map((oneBatch) => {
      const controller = new DraftController({ ...costs, model: { ...model, oneBatch } });
      for (let pass = 0; pass < 100; pass++) {
        const { modelSize: size } = controller.plan(4, 0);
        const draftMs = size === 0 ? 0 : oneBatch ? 12 + 0.2 * (size - 1) : 12 * size;
        controller.observe(outcome(size, Math.min(size, 2), draftMs));
      }
      return controller.plan(4, 0).modelSize;
    });
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes[1]).toBe(0);
  });

  test("ends no draft early to save a step, for there is none", () => {
    const model = { ...draftOf(0.5, 0.1), oneBatch: true };
    const controller = new DraftController({ ...costs, model });
    for (let pass = 0; pass < 60; pass++) {
      const { modelSize: size } = controller.plan(4, 0);
      controller.observe(outcome(size, pass % 2, 0.8));
    }
    for (let pass = 0; pass < 20; pass++) {
      const { modelSize: size, modelProbe: probe, floors } = controller.plan(4, 0);
      if (size > 0 && !probe) expect(floors.pGrow).toBeGreaterThanOrEqual(floors.pMin);
      controller.observe(outcome(size, 1, 0.8));
    }
  });
});
