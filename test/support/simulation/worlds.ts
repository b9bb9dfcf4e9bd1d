import type { RoundEvent } from "../../../src/decoding/events.ts";
import { mix } from "../../../src/decoding/random.ts";
import type { DrafterName } from "../../../src/drafter-choice.ts";
import { draftModelChain, type GenerateRequest } from "../../../src/engine/pair.ts";
import { maxAdaptiveLength } from "../../../src/limits.ts";
import { greedy } from "../fake.ts";
import { simulatedPair, type WorldCosts } from "./pair.ts";
import { type SimulatedText, simulatedText } from "./texts.ts";

/** A machine, a pair of models and what is asked of them. */
export interface World extends WorldCosts {
  readonly drafters: readonly DrafterName[];
  /** Of the draft model in the first half of the texts and in the second; see `TextKind`. */
  readonly agreement: readonly [number, number];
  /** See `TextKind`. */
  readonly repetition: readonly [number, number];
  readonly texts: number;
  /** Of each text. */
  readonly tokens: number;
}

/** Tokens per target step, by setting; plain decoding has 1. */
export interface WorldResult {
  readonly world: World;
  readonly auto: number;
  /** Entry i: of draft length i; entry 0 is plain decoding. */
  readonly fixed: readonly number[];
  readonly bestFixed: number;
  /** Whether all settings wrote the same texts. */
  readonly sameTexts: boolean;
  readonly autoRounds: readonly RoundEvent[];
}

/** Longest draft of a fixed length. */
const longestFixed = 8;
/** ms of a step of the target. */
const stepMs = 10;

/** Runs a world with every fixed length and with `auto`. */
export async function runWorld(world: World, seed = 1): Promise<WorldResult> {
  const texts = textsOf(world, seed);
  const fixed: number[] = [];
  let sameTexts = true;
  for (let draftLength = 0; draftLength <= longestFixed; draftLength++) {
    const { batches, areTexts } = await batchesOf(world, seed, draftLength);
    fixed.push(speedOf(batches, world));
    sameTexts &&= areTexts;
  }
  const settings = { draftLength: maxAdaptiveLength, adaptive: true };
  const auto = await runTexts(texts, world, settings);
  return {
    ...{ world, auto: auto.speed, fixed, bestFixed: Math.max(...fixed) },
    sameTexts: sameTexts && auto.areTexts,
    autoRounds: auto.rounds,
  };
}

/** The texts of a world, always the same for a seed. */
export function textsOf(world: World, seed: number): SimulatedText[] {
  return Array.from({ length: world.texts }, (_, i) => {
    const half = i < world.texts / 2 ? 0 : 1;
    const [agreement, repetition] = [world.agreement[half], world.repetition[half]];
    const kind = { agreement, repetition, promptLength: 40, answerLength: world.tokens };
    return simulatedText(kind, mix(seed, i + 1));
  });
}

/** Batches of a run: entry n is how many had n tokens. */
interface Batches {
  readonly tokens: number;
  readonly target: readonly number[];
  readonly draft: readonly number[];
}

interface FixedRun {
  readonly batches: Batches;
  readonly areTexts: boolean;
}

/** Runs of fixed lengths by what they depend on: such a length does not look at costs. */
const fixedRuns = new Map<string, Promise<FixedRun>>();

function batchesOf(world: World, seed: number, draftLength: number): Promise<FixedRun> {
  const { drafters, agreement, repetition, texts, tokens } = world;
  const key = JSON.stringify([drafters, agreement, repetition, texts, tokens, seed, draftLength]);
  const known = fixedRuns.get(key) ?? runFixed(world, seed, draftLength);
  fixedRuns.set(key, known);
  return known;
}

async function runFixed(world: World, seed: number, draftLength: number): Promise<FixedRun> {
  const settings = { draftLength, adaptive: false };
  const { rounds, areTexts } = await runTexts(textsOf(world, seed), world, settings);
  const batches = {
    tokens: rounds.reduce((sum, { emitted }) => sum + emitted.length, 0),
    target: histogram(rounds.map(({ drafted }) => drafted.length + 1)),
    draft: histogram(rounds.flatMap(({ modelBatches = [] }) => modelBatches)),
  };
  return { batches, areTexts };
}

function histogram(sizes: readonly number[]): number[] {
  const counts = new Array<number>(Math.max(0, ...sizes) + 1).fill(0);
  for (const size of sizes) counts[size] = (counts[size] as number) + 1;
  return counts;
}

/** Tokens per target step. */
function speedOf({ tokens, target, draft }: Batches, { draftStep, slope }: WorldCosts): number {
  const time = (counts: readonly number[]) =>
    counts.reduce((sum, count, size) => sum + count * (1 + slope * (size - 1)), 0);
  return tokens / (time(target) + draftStep * time(draft));
}

/** Runs all texts of a world with one setting. */
export async function runTexts(
  texts: readonly SimulatedText[],
  world: World,
  settings: Pick<GenerateRequest, "draftLength" | "adaptive">,
): Promise<{ speed: number; areTexts: boolean; rounds: RoundEvent[] }> {
  const pair = simulatedPair(texts, world);
  const rounds: RoundEvent[] = [];
  let areTexts = true;
  for (const [i, text] of texts.entries()) {
    const emitted: number[] = [];
    const events = pair.generate({
      ...draftModelChain,
      ...{ ...settings, drafters: world.drafters, prompt: { type: "text", text: String(i) } },
      ...{ topK: 1, sampler: greedy, seed: 1, maxTokens: world.tokens, stopTexts: [] },
      ...{ wholeChunks: false, eventsEveryMs: Number.POSITIVE_INFINITY },
    });
    for await (const event of events) {
      if ("emitted" in event) emitted.push(...event.emitted.map(({ token }) => token));
      if (event.type === "round") rounds.push(event);
    }
    const expected = text.tokens.slice(text.promptLength);
    areTexts &&= emitted.length === expected.length && emitted.every((t, at) => t === expected[at]);
  }
  const tokens = rounds.reduce((sum, { emitted }) => sum + emitted.length, 0);
  const ms = rounds.reduce((sum, each) => sum + each.draftMs + each.verifyMs + each.overheadMs, 0);
  return { speed: (tokens * stepMs) / ms, areTexts, rounds };
}

/** The grid of worlds that `auto` is held to. */
export function grid({ draftSteps, slopes, agreements, lengths }: GridAxes): World[] {
  const worlds: World[] = [];
  const each = { texts: 12 };
  for (const tokens of lengths) {
    for (const slope of slopes) {
      for (const [before, after] of agreements) {
        const free = { ...each, tokens, slope, draftStep: 0.1 };
        const pair = [before, after] as const;
        worlds.push({ ...free, drafters: ["ngram"], agreement: pair, repetition: pair });
        for (const draftStep of draftSteps) {
          const both = { ...each, tokens, slope, draftStep, agreement: pair };
          worlds.push({ ...both, drafters: ["draft"], repetition: [0.5, 0.5] });
          for (const repetition of [0.2, 0.8]) {
            const repeated = [repetition, repetition] as const;
            worlds.push({ ...both, drafters: ["ngram", "draft"], repetition: repeated });
          }
        }
      }
    }
  }
  return worlds;
}

/** Values of each axis of the grid. */
export interface GridAxes {
  readonly draftSteps: readonly number[];
  readonly slopes: readonly number[];
  /** In the first half of the texts and in the second. */
  readonly agreements: readonly (readonly [number, number])[];
  /** Tokens of a text. */
  readonly lengths: readonly number[];
}

/** All of it. */
export const wholeGrid: GridAxes = {
  draftSteps: [0.05, 0.15, 0.3, 0.5],
  slopes: [0, 0.1, 0.25, 0.5],
  agreements: [
    ...([0.1, 0.3, 0.5, 0.7, 0.9] as const).map((agreement) => [agreement, agreement] as const),
    [0.9, 0.1],
    [0.1, 0.9],
  ],
  lengths: [48, 192],
};
