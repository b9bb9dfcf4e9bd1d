import { probeHost } from "../engine/host/client.ts";
import type { PairOptions } from "../engine/pair.ts";
import type { EngineFacts } from "../engine/probe.ts";
import type { Check, Fact } from "./finding.ts";

/** What runs models here, as the options choose it. */
export function checkEngine(options: PairOptions): Check {
  return {
    name: "engine",
    run: async (signal) => {
      const facts = await probeHost(options, signal);
      return {
        facts: factsOf(facts, options),
        notes: facts.notices.map(({ text, hint }) => ({ message: text, hint })),
      };
    },
  };
}

function factsOf(found: EngineFacts, options: PairOptions): Fact[] {
  const { engine, libraryPath, installedBackends, usableGpus } = found;
  return [
    { key: "engine", label: "engine", value: engine.engine, text: chosen(found, options) },
    { key: "llamaCpp", label: "llama.cpp", value: engine.release },
    { key: "backend", label: "backend", value: engine.backend },
    { key: "installedBackends", label: "installed", value: installedBackends },
    { key: "usableGpus", label: "GPUs found", value: usableGpus },
    {
      key: "threads",
      label: "threads",
      value: engine.threads,
      text: `${engine.threads} (${options.threads === 0 ? "one a core that is good at maths" : "--threads"})`,
    },
    ...(libraryPath === undefined
      ? []
      : [{ key: "library", label: "library", value: libraryPath }]),
  ];
}

function chosen({ engine, notices }: EngineFacts, options: PairOptions): string {
  if (options.engine !== "auto") return `${engine.engine} (--engine)`;
  const fellBack = notices.some(({ code }) => code === "engine-fallback");
  const reason = fellBack
    ? "auto: libllama cannot be bound"
    : "auto: this llama.cpp can be bound directly";
  return `${engine.engine} (${reason})`;
}
