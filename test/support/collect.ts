import type { Drafter } from "../../src/decoding/drafter.ts";
import type {
  DoneEvent,
  EmittedToken,
  GenerateEvent,
  RoundEvent,
} from "../../src/decoding/events.ts";
import { generate } from "../../src/decoding/generate.ts";
import type { GenerateOptions } from "../../src/decoding/generate-options.ts";
import { noDrafter } from "../../src/drafters/none.ts";
import { greedy, noRandom, tickingClock } from "./fake.ts";

type Needed = "target" | "text" | "prompt";

/** Options of `generate` with everything that a test does not care about filled in. */
export function generateOptions(
  options: Pick<GenerateOptions, Needed> & Partial<GenerateOptions>,
): GenerateOptions {
  const drafter: Drafter = noDrafter;
  return {
    drafter,
    draftLength: 0,
    topK: 0,
    sampler: greedy,
    maxTokens: 24,
    stopTexts: [],
    random: noRandom,
    clock: tickingClock(),
    ...options,
  };
}

/** One generation, taken apart. */
export interface Run {
  readonly events: readonly GenerateEvent[];
  readonly emitted: readonly EmittedToken[];
  readonly tokens: readonly number[];
  readonly rounds: readonly RoundEvent[];
  readonly text: string;
  readonly done: DoneEvent;
}

export async function run(options: Parameters<typeof generateOptions>[0]): Promise<Run> {
  const events: GenerateEvent[] = [];
  for await (const event of generate(generateOptions(options))) events.push(event);
  return takeApart(events);
}

export function takeApart(events: readonly GenerateEvent[]): Run {
  const emitted = events.flatMap(emittedIn);
  const done = events.at(-1);
  if (done?.type !== "done") throw new Error("the run has no end");
  return {
    events,
    emitted,
    tokens: emitted.map(({ token }) => token),
    rounds: events.filter((event) => event.type === "round"),
    text: emitted.map(({ text }) => text).join("") + done.text,
    done,
  };
}

export function emittedIn(event: GenerateEvent): readonly EmittedToken[] {
  return event.type === "first-token" || event.type === "round" ? event.emitted : [];
}

/** What must be the same in two runs of the same thing, whatever was cached before. */
export function substance({ rounds, emitted, text, done }: Run) {
  const steps = rounds.map(({ drafted, accepted, rejected }) => ({ drafted, accepted, rejected }));
  return { steps, emitted, text, done };
}
