import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHost } from "../../../src/engine/host/client.ts";
import type { GenerateRequest, PairOptions } from "../../../src/engine/pair.ts";
import { fakeOptions, plain } from "./fake-requests.ts";

const options: PairOptions = {
  ...fakeOptions,
  target: "fake:end=-1000",
  draft: "fake:end=-1000,agreement=0.8",
};

const request: GenerateRequest = {
  ...plain,
  draftLength: 4,
  eventsEveryMs: Number.POSITIVE_INFINITY,
};

// A host runs from source here, and inherits what its parent was started with.
const { execArgv } = process;
beforeAll(() => {
  process.execArgv = [...execArgv, "--import", "tsx"];
});
afterAll(() => {
  process.execArgv = execArgv;
});

test("a loop that is left at any event leaves a pair that goes on", async () => {
  const pair = await startHost(options);
  const types = async (until?: string) => {
    const seen: string[] = [];
    for await (const { type } of pair.generate(request)) {
      seen.push(type);
      if (type === until) break;
    }
    return seen;
  };
  const whole = await types();
  // Rounds arrive together with what ends them.
  expect(await types("round")).toEqual(whole.slice(0, whole.indexOf("round") + 1));
  expect(await types("first-token")).toEqual(whole.slice(0, whole.indexOf("first-token") + 1));
  expect(await types("done")).toEqual(whole);
  expect(await types()).toEqual(whole);
  await pair.close();
});

test("what was decoded before an error arrives before it", async () => {
  const pair = await startHost({ ...options, target: "fake:end=-1000,step=2", contextSize: 2048 });
  const broken = { ...request, draftLength: 0, maxTokens: 2000, eventsEveryMs: 1e9 };
  const seen: string[] = [];
  // Nothing but the host can tell that these settings have no drafter: it does so in mid-text.
  const events = async () => {
    for await (const event of pair.generate(broken)) {
      seen.push(event.type);
      if (event.type === "first-token") {
        // Time for a hundred passes, of which one must have been made.
        await sleep(200);
        pair.adjust({ ...broken, draftLength: 4, drafters: ["heads"] });
      }
    }
  };
  await expect(events()).rejects.toThrow("draft heads");
  expect(seen).toContain("round");
  await pair.close();
});
