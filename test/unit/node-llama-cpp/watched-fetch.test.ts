import { describe, expect, test } from "vitest";
import type { DownloadFailure } from "../../../src/engine/node-llama-cpp/download-protocol.ts";
import { reasonOf, watchFetch } from "../../../src/engine/node-llama-cpp/watched-fetch.ts";

const url = "http://host.example/model.gguf";
const probe = { headers: { "Accept-Encoding": "identity" } };

function refusedConnection(): Error {
  const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  return new TypeError("fetch failed", { cause });
}

/** A watch over a server that answers as it is told, one request after the other. */
function watching(...answers: readonly (Response | Error)[]) {
  const left = [...answers];
  const gaveUp: DownloadFailure[] = [];
  const watch = watchFetch({
    fetch: async () => {
      const answer = left.shift() ?? new Response(null, { status: 500 });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onGiveUp: (failure) => gaveUp.push(failure),
  });
  return { watch, gaveUp };
}

describe("a watched fetch", () => {
  test("gives up on a server that cannot be reached three times", async () => {
    const { watch, gaveUp } = watching(...Array.from({ length: 3 }, refusedConnection));
    for (let i = 0; i < 3; i++) {
      expect(gaveUp).toEqual([]);
      await expect(watch.fetch(url)).rejects.toThrow("fetch failed");
    }
    expect(gaveUp).toEqual([
      { kind: "unreachable", host: "host.example", reason: "the connection was refused" },
    ]);
  });

  test("bears with one that has answered", async () => {
    const failures = Array.from({ length: 9 }, refusedConnection);
    const { watch, gaveUp } = watching(new Response("x"), ...failures);
    await watch.fetch(url);
    for (const _ of failures) await watch.fetch(url).catch(() => {});
    expect(gaveUp).toEqual([]);
    expect(watch.lastFailure()).toMatchObject({ kind: "unreachable" });
  });

  test("forgets a failure with the next answer", async () => {
    const { watch } = watching(new Response(null, { status: 503 }), new Response("x"));
    await watch.fetch(url);
    expect(watch.lastFailure()).toEqual({ kind: "refused", host: "host.example", status: 503 });
    await watch.fetch(url);
    expect(watch.lastFailure()).toBeUndefined();
  });

  test("gives up at once where the file is not there, and not where a token may help", async () => {
    const missing = watching(new Response(null, { status: 404 }));
    await missing.watch.fetch(url);
    expect(missing.gaveUp).toHaveLength(1);
    const guarded = watching(new Response(null, { status: 401 }));
    await guarded.watch.fetch(url);
    expect(guarded.gaveUp).toEqual([]);
  });

  test("is not troubled by a request that was stopped", async () => {
    const { watch } = watching(new DOMException("stopped", "AbortError"));
    await watch.fetch(url).catch(() => {});
    expect(watch.lastFailure()).toBeUndefined();
  });

  test("does not leave a probe's body on the line, and asks for the checksum", async () => {
    const sum = "a".repeat(64);
    const answer = new Response("gigabytes");
    const head = new Response(null, { headers: { "x-linked-etag": `"${sum}"` } });
    const { watch } = watching(answer, head);
    await watch.fetch(url, probe);
    expect(answer.bodyUsed || (await answer.text()) === "").toBe(true);
    expect(await watch.linkedSha256()).toBe(sum);
  });

  test("takes no other tag for a checksum", async () => {
    const head = new Response(null, { headers: { "x-linked-etag": '"12-34"' } });
    const { watch } = watching(new Response("x"), head);
    await watch.fetch(url, probe);
    expect(await watch.linkedSha256()).toBeUndefined();
  });
});

describe("the reason of a failed request", () => {
  test("is in words where it is known, and as it stands where not", () => {
    expect(reasonOf(refusedConnection())).toBe("the connection was refused");
    expect(reasonOf(new Error("odd"))).toBe("odd");
    expect(reasonOf("odd")).toBe("odd");
  });
});
