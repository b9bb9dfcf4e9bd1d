import { describeError } from "../host/host-error.ts";
import { cpuMs, serve, sparingly, tellParent } from "../host/serve.ts";
import type {
  BaselineHostMessage,
  BaselineHostRequest,
  BaselineOptions,
} from "./baseline-protocol.ts";
import { type BaselineSession, openBaselines } from "./baseline-session.ts";

let session: BaselineSession | undefined;
serve<BaselineHostRequest>({ abortable: ["run"], answer });

async function answer(request: BaselineHostRequest, signal: AbortSignal): Promise<void> {
  try {
    switch (request.type) {
      case "open":
        return await open(request.options);
      case "run": {
        const run = await opened().run(request.request, signal);
        return send({ type: "ran", ...(run !== undefined && { run }) });
      }
      case "cpu-time":
        return send({ type: "cpu-timed", ms: cpuMs() });
      case "dispose":
        await session?.close();
        process.exit(0);
    }
  } catch (error) {
    send({ type: "error", error: describeError(error) });
  }
}

async function open(options: BaselineOptions): Promise<void> {
  session = await openBaselines(
    options,
    sparingly((progress) => send({ type: "progress", progress })),
  );
  send({ type: "opened" });
}

function opened(): BaselineSession {
  if (session === undefined) throw new Error("the baseline host has no pair loaded");
  return session;
}

function send(message: BaselineHostMessage): void {
  tellParent(message);
}
