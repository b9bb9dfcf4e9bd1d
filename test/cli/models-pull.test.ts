import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { listParts } from "../../src/models/parts.ts";
import { type CliResult, specdec, startSpecdec } from "../support/cli.ts";
import { type Behaviour, type ModelServer, serveModel } from "../support/model-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { smallModel, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

const megabyte = 1 << 20;

const content = modelOf(24 * megabyte);
const sum = sha256(content);

/** A model of some size whose weights differ everywhere, so that a byte out of place shows. */
function modelOf(bytes: number): Buffer {
  const tensors = [...smallModel.tensors, { name: "blk.0.x", dimensions: [bytes / 4] }];
  const model = writeGguf({ ...smallModel, tensors }).bytes;
  for (let at = model.length - bytes; at < model.length; at += 4) model.writeUInt32LE(at, at);
  return model;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Pull {
  readonly server: ModelServer;
  readonly uri: string;
  readonly folder: string;
  run(...args: readonly string[]): Promise<CliResult>;
}

async function prepare(behaviour: Behaviour = {}, folder = temporaryFolder()): Promise<Pull> {
  const server = await serveModel(content, behaviour);
  const uri = `${server.url}/some/small.gguf`;
  return {
    server,
    uri,
    folder,
    run: (...args) => specdec(["models", "pull", uri, "--models-dir", folder, ...args]),
  };
}

/** An address at which nothing listens. */
async function closedPort(): Promise<{ readonly host: string; readonly uri: string }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  return { host, uri: `http://${host}/a.gguf` };
}

function partsIn(folder: string): string[] {
  const parts = join(folder, ".parts");
  return existsSync(parts) ? readdirSync(parts) : [];
}

function modelsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== ".parts");
}

describe("models pull", () => {
  test("fetches a model, checks it and prints its path", async () => {
    const { folder, uri, run } = await prepare();
    expect(await run("--sha256", sum)).toEqual({
      code: 0,
      signal: null,
      stdout: `${join(folder, "small.gguf")}\n`,
      stderr: `${uri}: fetched, 25.2 MB, the checksum matches\n`,
    });
    expect(sha256(readFileSync(join(folder, "small.gguf")))).toBe(sum);
    expect(partsIn(folder)).toEqual([]);
  });

  test("does not fetch again what is there", async () => {
    const { folder, uri, run, server } = await prepare();
    writeFileSync(join(folder, "small.gguf"), content);
    const { code, stderr } = await run("--sha256", sum);
    expect(code).toBe(0);
    expect(stderr).toBe(`${uri}: here already, 25.2 MB, the checksum matches\n`);
    expect(server.requests).toEqual([]);
  });

  test("fetches again what is there and damaged", async () => {
    const { folder, run } = await prepare();
    writeFileSync(join(folder, "small.gguf"), content.subarray(0, 1000));
    const { code, stderr } = await run("--sha256", sum);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: .+small\.gguf is not what it should be .+: fetching it again\n/);
    expect(sha256(readFileSync(join(folder, "small.gguf")))).toBe(sum);
  });

  test("fetches from a server that knows no ranges", async () => {
    const { folder, run } = await prepare({ unranged: true });
    expect(await run("--sha256", sum)).toMatchObject({ code: 0 });
    expect(modelsIn(folder)).toEqual(["small.gguf"]);
  });

  test("does not fetch what the downloader would cut short", async () => {
    const { folder, run } = await prepare({ unsized: true });
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: the server does not tell the size of http:.+\nhint: .+curl/);
    expect(modelsIn(folder)).toEqual([]);
  });

  test("keeps no model that is shorter than it says", async () => {
    const server = await serveModel(content.subarray(0, -1000));
    const folder = temporaryFolder();
    const args = ["models", "pull", `${server.url}/cut.gguf`, "--models-dir", folder];
    const { code, stderr } = await specdec(args);
    expect(code).toBe(3);
    expect(stderr).toContain(`1000 of its ${content.length} bytes are missing`);
    expect(modelsIn(folder)).toEqual([]);
    expect(partsIn(folder)).toEqual([]);
  });

  test("takes the checksum that the server names", async () => {
    const { run } = await prepare({ headers: { "x-linked-etag": `"${sum}"` } });
    expect((await run()).stderr).toContain("the checksum matches");
    const wrong = await prepare({ headers: { "x-linked-etag": `"${"0".repeat(64)}"` } });
    expect(await wrong.run()).toMatchObject({ code: 3, stdout: "" });
  });

  test("goes on where an earlier pull was cut off, and sends no byte of it again", async () => {
    const { folder, run, server } = await prepare({
      after: { bytes: 16 * megabyte, next: "cut" },
    });
    const { code, stdout, stderr } = await run("--timeout", "3");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(
      /^error: cannot reach 127\.0\.0\.1:\d+: the connection was cut\nhint: See to the network, then run the same command again: \d+ MB are kept\.\n$/,
    );
    expect(modelsIn(folder)).toEqual([]);
    expect(partsIn(folder)).toEqual(["small.gguf.ipull"]);
    const [part] = listParts(folder);
    expect(part).toMatchObject({ totalBytes: content.length });
    const keptBytes = part?.keptBytes ?? 0;
    expect(keptBytes).toBeGreaterThan(0);

    server.requests.length = 0;
    server.behave({});
    expect(await run("--sha256", sum)).toMatchObject({ code: 0 });
    const [probe, ...ranges] = server.requests;
    expect(probe).toMatchObject({ range: undefined, sentBytes: 0 });
    expect(ranges.length).toBeGreaterThan(0);
    for (const { range } of ranges) expect(range).toBeDefined();
    expect(server.sentBytes()).toBe(content.length - keptBytes);
  });

  test("removes a file with another checksum, and names both", async () => {
    const { folder, run, uri } = await prepare();
    const other = "0".repeat(64);
    const { code, stdout, stderr } = await run("--sha256", other);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`error: ${uri} has the SHA-256 ${sum} where ${other} is expected\n`);
    expect(modelsIn(folder)).toEqual([]);
    expect(partsIn(folder)).toEqual([]);
  });

  test("keeps no file that is no model", async () => {
    const server = await serveModel(Buffer.from("<html>Please log in</html>"));
    const folder = temporaryFolder();
    const args = ["models", "pull", `${server.url}/page.gguf`, "--models-dir", folder];
    const { code, stderr } = await specdec(args);
    expect(code).toBe(3);
    expect(stderr).toContain("is not a GGUF file");
    expect(modelsIn(folder)).toEqual([]);
    expect(partsIn(folder)).toEqual([]);
  });

  test.each([
    [404, /^error: 127\.0\.0\.1:\d+ has no http:\S+ \(HTTP 404\)\nhint: Check how it is written/],
    [403, /^error: 127\.0\.0\.1:\d+ does not give out http:\S+ \(HTTP 403\)\nhint: .+HF_TOKEN/],
    [503, /^error: 127\.0\.0\.1:\d+ cannot serve http:\S+ \(HTTP 503\)\nhint: Wait a while/],
  ])("gives up at once on HTTP %i", async (status, says) => {
    const { run } = await prepare({ status });
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toMatch(says);
  });

  test("gives up soon where nothing listens", async () => {
    const { host, uri } = await closedPort();
    const start = performance.now();
    const args = ["models", "pull", uri, "--models-dir", temporaryFolder()];
    const { code, stderr } = await specdec(args);
    expect(code).toBe(3);
    expect(stderr).toBe(
      `error: cannot reach ${host}: the connection was refused\nhint: See to the network, then run the same command again.\n`,
    );
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("gives up on a server that falls silent, and keeps what came", async () => {
    const { folder, run } = await prepare({ after: { bytes: 14 * megabyte, next: "silence" } });
    const { code, stderr } = await run("--timeout", "3");
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: cannot reach 127\.0\.0\.1:\d+: nothing came for 3 s\nhint: .+/);
    expect(partsIn(folder)).toEqual(["small.gguf.ipull"]);
  });

  test("after Ctrl-C keeps what came and ends at once", async () => {
    const { folder, uri, server, run } = await prepare({
      after: { bytes: 16 * megabyte, next: "silence" },
    });
    const pull = startSpecdec(["models", "pull", uri, "--models-dir", folder]);
    await waitFor("a part of the file", () => listParts(folder)[0]?.keptBytes || undefined);
    pull.kill("SIGINT");
    const { code, stdout, stderr } = await pull.result;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(
      /^error: interrupted\nhint: Run the same command again to go on: \d+ MB are kept\.\n$/,
    );
    expect(modelsIn(folder)).toEqual([]);
    server.behave({});
    expect(await run("--sha256", sum)).toMatchObject({ code: 0 });
  });
});

describe("models pull says what is wrong with", () => {
  test.each([
    { args: [], says: "error: there is nothing to fetch: name a preset or a URI\n" },
    { args: ["no-such-preset"], says: "error: there is no preset no-such-preset\n" },
    { args: ["hf:user"], says: "error: hf:user names no model\n" },
    { args: ["http://x/a.gguf", "--sha256", "12"], says: "error: --sha256 is not 64 hex" },
    { args: ["a", "b", "--sha256", sum], says: "error: --sha256 goes with a single URI\n" },
    { args: ["http://x/a.gguf", "--timeout", "0"], says: "error: --timeout 0 is not a number" },
  ])("$args", async ({ args, says }) => {
    const { code, stdout, stderr } = await specdec(["models", "pull", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

/** A folder on a disk of its own; undefined where this user may not make one. */
function smallDisk(size: string): string | undefined {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  return folder;
}

describe("models pull on a disk that is too small", () => {
  test("says so before anything is fetched", async ({ skip }) => {
    const folder = smallDisk("10m");
    if (folder === undefined) return skip("only root can mount a small disk");
    const { run, server } = await prepare({}, folder);
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: .+ has no room for .+: 25 MB are needed and 10 MB are free\n/);
    expect(server.sentBytes()).toBe(0);
  });

  test("says so when it is full, and removes what cannot be relied on", async ({ skip }) => {
    const folder = smallDisk("40m");
    if (folder === undefined) return skip("only root can mount a small disk");
    const { run, server } = await prepare({ after: { bytes: 8 * megabyte, next: "cut" } }, folder);
    const pull = run();
    await waitFor("8 MB", () => server.sentBytes() >= 8 * megabyte || undefined);
    writeFileSync(join(folder, "filler"), Buffer.alloc(24 * megabyte));
    server.behave({});
    const { code, stderr } = await pull;
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: the disk of .+ became full while .+ was fetched\nhint: .+/);
    expect(partsIn(folder)).toEqual([]);
  });
});
