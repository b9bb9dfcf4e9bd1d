import type { GenerateEvent } from "../../decoding/events.ts";
import type { LoadProgress } from "../open-pair.ts";
import type {
  GenerateRequest,
  PairInfo,
  PairOptions,
  PassSettings,
  PromptFacts,
  PromptInput,
  Ranking,
  RankRequest,
  RoundTimes,
  RoundTimesRequest,
} from "../pair.ts";
import type { EngineFacts } from "../probe.ts";
import type { HostErrorData } from "./host-error.ts";

/**
 * Parent to host. Requests are answered one at a time, in order; `abort` and `adjust` act on the
 * current one at once, and have no answer.
 */
export type HostRequest =
  | { readonly type: "probe"; readonly options: PairOptions }
  | { readonly type: "load"; readonly options: PairOptions }
  | { readonly type: "generate"; readonly request: GenerateRequest }
  | { readonly type: "time-rounds"; readonly request: RoundTimesRequest }
  | { readonly type: "rank"; readonly request: RankRequest }
  | { readonly type: "count"; readonly prompt: PromptInput }
  | { readonly type: "inspect-prompt"; readonly prompt: PromptInput }
  | { readonly type: "cpu-time" }
  | { readonly type: "adjust"; readonly settings: PassSettings }
  | { readonly type: "abort" }
  | { readonly type: "dispose" };

/** Host to parent. Every request that has an answer ends with it or with `error`. */
export type HostMessage =
  | { readonly type: "probed"; readonly facts: EngineFacts }
  /** A file that is about to be loaded: native code that fails over it may end the host. */
  | { readonly type: "opening"; readonly path: string }
  | { readonly type: "progress"; readonly progress: LoadProgress }
  | { readonly type: "loaded"; readonly info: PairInfo }
  /** Events of the running generation; the last batch ends with `done`. */
  | { readonly type: "events"; readonly events: readonly GenerateEvent[] }
  | { readonly type: "rounds-timed"; readonly times: RoundTimes }
  | { readonly type: "ranked"; readonly ranking: Ranking }
  | { readonly type: "counted"; readonly tokens: number }
  | { readonly type: "prompt-inspected"; readonly facts: PromptFacts }
  | { readonly type: "cpu-timed"; readonly ms: number }
  | { readonly type: "error"; readonly error: HostErrorData };
