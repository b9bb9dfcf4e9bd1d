import type { BaselineRequest, BaselineRun } from "../baseline.ts";
import type { HostErrorData } from "../host/host-error.ts";
import type { LoadProgress } from "../open-pair.ts";
import type { EngineOptions } from "../port.ts";

/** The pair that node-llama-cpp is to be measured with. */
export interface BaselineOptions extends EngineOptions {
  readonly target: string;
  readonly draft?: string;
  /** Tokens that the target's context holds. */
  readonly contextSize: number;
}

/** From the parent to the baseline host. They are answered in order; `abort` acts at once. */
export type BaselineHostRequest =
  | { readonly type: "open"; readonly options: BaselineOptions }
  | { readonly type: "run"; readonly request: BaselineRequest }
  | { readonly type: "abort" }
  | { readonly type: "cpu-time" }
  | { readonly type: "dispose" };

/** From the baseline host to its parent. */
export type BaselineHostMessage =
  | { readonly type: "progress"; readonly progress: LoadProgress }
  | { readonly type: "opened" }
  /** Without a run where it was aborted. */
  | { readonly type: "ran"; readonly run?: BaselineRun }
  | { readonly type: "cpu-timed"; readonly ms: number }
  | { readonly type: "error"; readonly error: HostErrorData };
