import { noCounts } from "../decoding/metrics.ts";
import type { RunRequest, Step } from "./actions.ts";
import { type Comparing, newSide } from "./compare.ts";
import { answerLast } from "./conversation.ts";
import { emptyLive } from "./live.ts";
import { newReader } from "./provenance.ts";
import type { ChatState, ChatWorld, Phase, Run } from "./state.ts";

/** Seeds are 32 bits wide. */
const seeds = 2 ** 32;

/** Begins to answer the last question. */
export function startRun(state: ChatState, kind: RunRequest["kind"], world: ChatWorld): Step {
  const seed = (world.seed + state.runs) % seeds;
  const conversation = answerLast(state.conversation, undefined);
  return {
    state: { ...state, runs: state.runs + 1, phase: phaseOf(state, kind, seed) },
    effects: [{ type: "run", request: { kind, conversation, seed } }],
  };
}

function phaseOf(state: ChatState, kind: RunRequest["kind"], seed: number): Phase {
  if (kind === "compare") return { type: "comparing", comparing: newComparing(state) };
  const run: Run = {
    kind,
    seed,
    settings: state.settings.values,
    lossy: kind === "answer" && state.settings.lossy,
    reading: { done: 0, total: 0 },
    text: "",
    events: undefined,
    reader: newReader,
    live: emptyLive,
    counts: noCounts,
  };
  return { type: "running", run };
}

function newComparing({ settings }: ChatState): Comparing {
  return {
    side: "plain",
    plain: newSide("plain"),
    speculative: newSide(settings.label),
    temperature: settings.pass.sampler.temperature,
    lossy: settings.lossy,
  };
}
