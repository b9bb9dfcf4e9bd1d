import type { BenchEnvironment } from "../bench/build-report.ts";
import { thisMachine } from "../bench/machine.ts";
import type { PairInfo } from "../engine/pair.ts";
import { versions } from "../version.ts";

/** What a bench of this pair runs on, for its report. */
export function benchEnvironment({ engine }: PairInfo): BenchEnvironment {
  const { specdec, nodeLlamaCpp, koffi, node } = versions();
  return {
    machine: thisMachine(),
    versions: { specdec, nodeLlamaCpp, llamaCpp: engine.release, koffi, node },
  };
}
