import { setImmediate as turn } from "node:timers/promises";
import type { GenerateEvent } from "../../decoding/events.ts";
import type { LocalPair } from "../local-pair.ts";
import { openPair } from "../open-pair.ts";
import type { GenerateRequest, PairOptions } from "../pair.ts";
import { probeEngine } from "../probe.ts";
import { describeError } from "./host-error.ts";
import type { HostMessage, HostRequest } from "./protocol.ts";
import { cpuMs, serve, sparingly, tellParent } from "./serve.ts";

let pair: LocalPair | undefined;
serve<HostRequest>({
  abortable: ["generate", "time-rounds"],
  now: (request) => {
    if (request.type !== "adjust") return false;
    pair?.adjust(request.settings);
    return true;
  },
  answer,
});

async function answer(request: HostRequest, signal: AbortSignal): Promise<void> {
  try {
    switch (request.type) {
      case "probe":
        return send({ type: "probed", facts: await probeEngine(request.options) });
      case "load":
        return await load(request.options);
      case "generate":
        return await generate(request.request, signal);
      case "time-rounds":
        return send({
          type: "rounds-timed",
          times: await loaded().timeRounds(request.request, signal),
        });
      case "rank":
        return send({ type: "ranked", ranking: await loaded().rank(request.request) });
      case "count":
        return send({ type: "counted", tokens: await loaded().countTokens(request.prompt) });
      case "inspect-prompt":
        return send({
          type: "prompt-inspected",
          facts: await loaded().inspectPrompt(request.prompt),
        });
      case "cpu-time":
        return send({ type: "cpu-timed", ms: cpuMs() });
      case "dispose":
        await pair?.close();
        process.exit(0);
    }
  } catch (error) {
    send({ type: "error", error: describeError(error) });
  }
}

async function load(options: PairOptions): Promise<void> {
  pair = await openPair(
    options,
    sparingly((progress) => send({ type: "progress", progress })),
    (path) => send({ type: "opening", path }),
  );
  send({ type: "loaded", info: pair.info });
}

async function generate(request: GenerateRequest, signal: AbortSignal): Promise<void> {
  let events: GenerateEvent[] = [];
  let lastSent = performance.now();
  try {
    for await (const event of loaded().generate(request, signal)) {
      events.push(event);
      const now = performance.now();
      if (event.type !== "round" || now - lastSent >= request.eventsEveryMs) {
        send({ type: "events", events });
        events = [];
        lastSent = now;
      }
      // Decoding blocks the thread; an abort can only be heard between two rounds.
      await turn();
    }
  } finally {
    // What was decoded before an error was decoded.
    if (events.length > 0) send({ type: "events", events });
  }
}

function loaded(): LocalPair {
  if (pair === undefined) throw new Error("the host has no pair loaded");
  return pair;
}

function send(message: HostMessage): void {
  tellParent(message);
}
