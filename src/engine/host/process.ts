import { setImmediate as turn } from "node:timers/promises";
import type { GenerateEvent } from "../../decoding/events.ts";
import type { LocalPair } from "../local-pair.ts";
import { openPair } from "../open-pair.ts";
import type { GenerateRequest, PairOptions } from "../pair.ts";
import { probeEngine } from "../probe.ts";
import { describeError } from "./host-error.ts";
import type { HostMessage, HostRequest } from "./protocol.ts";

/** Least time between two messages of a load's progress. */
const progressMs = 40;

let pair: LocalPair | undefined;
/** Stops what was asked for last of generations and timings. */
let abort = new AbortController();
let queue: Promise<void> = Promise.resolve();

// The parent decides what Ctrl-C means; the terminal sends it to both.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  const request = message as HostRequest;
  if (request.type === "abort") {
    abort.abort();
    return;
  }
  if (request.type === "adjust") {
    pair?.adjust(request.settings);
    return;
  }
  // Made here and not when the queue gets to it, for an abort may arrive before that.
  if (request.type === "generate" || request.type === "time-rounds") abort = new AbortController();
  const { signal } = abort;
  queue = queue.then(() => answer(request, signal));
});

async function answer(
  request: Exclude<HostRequest, { type: "abort" | "adjust" }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    switch (request.type) {
      case "probe":
        return send({ type: "probed", facts: await probeEngine(request.options) });
      case "load":
        return await load(request.options);
      case "generate":
        return await generate(request.request, signal);
      case "measure":
        return send({ type: "measured", costs: await loaded().measure(request.request) });
      case "time-rounds":
        return send({
          type: "rounds-timed",
          times: await loaded().timeRounds(request.request, signal),
        });
      case "rank":
        return send({ type: "ranked", ranking: await loaded().rank(request.request) });
      case "count":
        return send({ type: "counted", tokens: await loaded().countTokens(request.prompt) });
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
  let lastSent = 0;
  pair = await openPair(options, (progress) => {
    const now = performance.now();
    if (now - lastSent < progressMs && progress.fraction < 1) return true;
    lastSent = now;
    send({ type: "progress", progress });
    return true;
  });
  send({ type: "loaded", info: pair.info });
}

async function generate(request: GenerateRequest, signal: AbortSignal): Promise<void> {
  let events: GenerateEvent[] = [];
  let lastSent = performance.now();
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
}

/** Of all threads of this process, those that decode included. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function loaded(): LocalPair {
  if (pair === undefined) throw new Error("the host has no pair loaded");
  return pair;
}

function send(message: HostMessage): void {
  // After a disconnect there is nobody to tell; the handler above ends the process.
  if (process.connected) process.send?.(message);
}
