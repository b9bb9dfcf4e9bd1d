import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { specdec, specdecBin, startSpecdec } from "../support/cli.ts";
import { embedded, lacks, models } from "../support/models.ts";
import { untilGone } from "../support/processes.ts";
import { smallModel, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

const timeoutMs = 300_000;
const sea = "Write one sentence about the sea.";
const tiny = ["--target", embedded.target, "--gpu", "off"];
const tinyPair = [...tiny, "--draft", embedded.draft];
const smollm = ["--target", models.smollm, "--gpu", "off"];
const smollmPair = [...smollm, "--draft", models.smollm];

function generate(...args: readonly string[]) {
  return specdec(["generate", ...args], { timeoutMs });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "specdec-real-models-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file into the folder of bad models. */
function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function writeModel(name: string, metadata: Readonly<Record<string, string | number>>): string {
  const model = { ...smallModel, metadata: { ...smallModel.metadata, ...metadata } };
  return write(name, writeGguf(model).bytes);
}

async function expectRefused(target: string, says: string): Promise<void> {
  const { code, stdout, stderr } = await generate("--target", target, "--gpu", "off", "hi");
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  const [error, hint, ...rest] = stderr.split("\n");
  expect(error).toBe(`error: ${says}`);
  expect(hint).toMatch(/^hint: \w.+\.$/);
  expect(rest).toEqual([""]);
}

describe("a model file that cannot run is refused in one line", () => {
  test("missing", async () => {
    const path = join(folder, "none.gguf");
    await expectRefused(path, `there is no model file ${path}`);
  });

  test("a directory", async () => {
    await expectRefused(folder, `${folder} is a directory, not a model file`);
  });

  test("empty", async () => {
    const path = write("empty.gguf", "");
    await expectRefused(path, `${path} is an empty file`);
  });

  test("text", async () => {
    const path = write("text.gguf", "This is not a model.\n");
    const says = 'it is a text that starts with "This is not a model."';
    await expectRefused(path, `${path} is not a GGUF file: ${says}`);
  });

  test("an embedding model", async () => {
    const path = writeModel("bert.gguf", { "general.architecture": "bert" });
    await expectRefused(path, `${path} does not write text: it is an embedding model`);
  });

  test("an architecture that nobody knows", async () => {
    const path = writeModel("new.gguf", { "general.architecture": "frobnet" });
    const says = `${path} has the architecture "frobnet", which this llama.cpp does not run`;
    await expectRefused(path, says);
  });

  test("cut in half", async () => {
    const path = join(folder, "half.gguf");
    copyFileSync(embedded.target, path);
    const bytes = readFileSync(path).length;
    const half = Math.floor(bytes / 2);
    truncateSync(path, half);
    const missing = `${bytes - half} of its ${bytes} bytes are missing`;
    await expectRefused(path, `${path} is not complete: ${missing}`);
    rmSync(path);
  });

  test("cut within the header", async () => {
    const path = join(folder, "header.gguf");
    writeFileSync(path, readFileSync(embedded.target).subarray(0, 50_000));
    await expectRefused(path, `${path} ends within its header (50000 bytes are there)`);
  });

  test("as a draft too", async () => {
    const path = join(folder, "none.gguf");
    const { code, stderr } = await generate(...tiny, "--draft", path, "hi");
    expect(code).toBe(3);
    expect(stderr).toContain(`error: there is no model file ${path}\n`);
  });
});

describe.skipIf(lacks(models.qwenTarget, models.smollm))("Qwen with SmolLM2", () => {
  test("is refused before any weights load, naming the first tokens that differ", async () => {
    const args = ["--target", models.qwenTarget, "--draft", models.smollm, "--gpu", "off"];
    const run = await specdec(["generate", ...args, "hi"], {
      timeoutMs,
      env: { SPECDEC_DEBUG: "1" },
    });
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toContain(
      `error: ${models.qwenTarget} and ${models.smollm} do not share a vocabulary: ` +
        '49135 of 49152 tokens differ; token 0 is "!" and "<|endoftext|>"; ' +
        'token 1 is "\\"" and "<|im_start|>"; token 2 is "#" and "<|im_end|>"\n' +
        "hint: Take a draft model of the target's own family.\n",
    );
    // llama.cpp's log, which says so when it loads tensors.
    expect(run.stderr).toContain("llama_model_loader");
    expect(run.stderr).not.toContain("load_tensors");
  });
});

describe("the embedded pair on the command line", () => {
  test("drafts a tree with as many branches as its tokens", async () => {
    const tree = ["--drafter", "draft", "--top-k", "10", "--tree-size", "48", "--draft-len", "4"];
    const run = await generate(...tinyPair, ...tree, "--max-tokens", "24", "def f(");
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^24 tokens, .*acceptance/),
    });
  });

  test("loads tensors where its pair fits, as the log tells", async () => {
    const run = await specdec(["generate", ...tiny, "--max-tokens", "1", "def "], {
      timeoutMs,
      env: { SPECDEC_DEBUG: "1" },
    });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("load_tensors");
  });

  test("reads the file instead of mapping it with --no-mmap", async () => {
    const log = async (...args: string[]) => {
      const options = { timeoutMs, env: { SPECDEC_DEBUG: "1" } };
      return (await specdec(["generate", ...tiny, "--max-tokens", "1", ...args, "def "], options))
        .stderr;
    };
    expect(await log()).toContain("CPU_Mapped model buffer size");
    expect(await log("--no-mmap")).not.toContain("CPU_Mapped model buffer size");
  });

  test.each([
    ["on", "enabled"],
    ["off", "disabled"],
  ])("runs with --flash-attn %s", async (value, state) => {
    const args = ["generate", ...tiny, "--flash-attn", value, "--max-tokens", "1", "def "];
    const run = await specdec(args, { timeoutMs, env: { SPECDEC_DEBUG: "1" } });
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(new RegExp(`flash_attn += ${state}`));
  });

  test("benches on as many threads and as much context as it is told to", async () => {
    const { code, stdout } = await specdec(
      [
        "bench",
        ...tinyPair,
        ...["--threads", "1", "--ctx", "256", "--draft-len", "2", "--reps", "1"],
        ...["--max-tokens", "8", "--prompts", sea, "--format", "json"],
      ],
      { timeoutMs },
    );
    expect(code).toBe(0);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({
      engine: { engine: "libllama", backend: "cpu", threads: 1 },
      contextSize: 256,
      finished: true,
    });
    expect(report.cells.map(({ samples }) => samples[0]?.tokens)).toEqual([8, 8]);
  });

  test("is not given more context than it was trained with", async () => {
    expect(await generate(...tiny, "--ctx", "1000000", "hi")).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "error: --ctx 1000000 is more than python-tiny-target.gguf was trained with (512 tokens)\n" +
        "hint: Ask for at most 512.\n",
    });
  });

  test("refuses a prompt that does not fit", async () => {
    const { code, stderr } = await generate(...tiny, "--ctx", "20", sea.repeat(9));
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: the prompt has \d+ tokens, and the context holds \d+\n/);
  });

  test.skipIf(process.platform === "darwin")("says where the GPU is not there", async () => {
    const { code, stdout, stderr } = await generate(
      "--target",
      embedded.target,
      "--gpu",
      "metal",
      "hi",
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^error: there is no metal GPU that llama\.cpp can use\nhint: .+\n$/);
  });

  test("is one error where the host is killed in mid-text", async () => {
    const run = startSpecdec(
      ["generate", ...tinyPair, "--max-tokens", "4000", "Write a long story."],
      { timeoutMs },
    );
    const host = await run.hostPid();
    await run.untilStdout(/.{40}/s);
    process.kill(host, "SIGKILL");
    const { code, stderr } = await run.result;
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^error: the engine host ended unexpectedly by SIGKILL while running .+\nhint: .+\n(?:log:\n(?: {2}.*\n)+)?$/,
    );
    await untilGone(host);
  });
});

describe.skipIf(lacks(models.smollm))("SmolLM2 on the command line", () => {
  test("writes sensible text, and the same with a draft", async () => {
    const args = ["--max-tokens", "12", sea];
    const plain = await generate(...smollm, ...args);
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The sea is /) });
    const drafted = await generate(...smollmPair, ...args);
    expect(drafted).toMatchObject({ code: 0, stdout: plain.stdout });
    expect(drafted.stderr).toMatch(/^12 tokens, stopped at --max-tokens; .*acceptance \d+ %/);
  });

  test("continues a raw prompt as it stands", async () => {
    const { stdout } = await generate(
      ...smollm,
      ...["--raw", "--max-tokens", "2", "The capital of France is"],
    );
    expect(stdout).toBe(" Paris.\n");
  });

  test("writes the same through node-llama-cpp's own API", async () => {
    const args = ["--engine", "node-llama-cpp", "--max-tokens", "12", sea];
    const run = await generate(...smollmPair, ...args);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The sea is /) });
  });

  test("stops within a pass at SIGINT, in the prefill of a long prompt", async () => {
    const run = startSpecdec(["generate", ...smollm, "--ctx", "8192", "--json", "-"], {
      timeoutMs,
      stdin: "All work and no play makes Jack a dull boy. ".repeat(600),
    });
    const host = await run.hostPid();
    await run.untilStdout(/"prefill"/);
    run.kill("SIGINT");
    const { code, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^0 tokens, interrupted; .+\nerror: interrupted\n$/);
    await untilGone(host);
  });
});

// An address space with an end makes sure that the memory is refused and not taken.
const canLimitMemory = spawnSync("bash", ["-c", "ulimit -v 40000000"]).status === 0;

describe.skipIf(process.platform !== "linux" || !canLimitMemory)(
  "a context that no memory holds",
  () => {
    test.each(["libllama", "node-llama-cpp"])("is refused by %s", async (engine) => {
      const path = join(folder, "long.gguf");
      copyFileSync(embedded.target, path);
      claimContext(path, 16_777_216);
      const limited = 'ulimit -v 40000000; exec "$@"';
      const args = ["--engine", engine, "--target", path, "--gpu", "off", "--ctx", "16000000"];
      const command = [process.execPath, specdecBin, "generate", ...args, "hi"];
      const run = spawnSync("bash", ["-c", limited, "bash", ...command], {
        encoding: "utf8",
        timeout: timeoutMs,
      });
      rmSync(path);
      expect(run).toMatchObject({ status: 3, stdout: "" });
      expect(run.stderr).toMatch(/^error: .*16000000 tokens.*\nhint: .*--ctx.*\n$/);
    });
  },
);

/** Changes the context that a model says it was trained with. */
function claimContext(path: string, tokens: number): void {
  const file = openSync(path, "r+");
  const header = Buffer.alloc(1 << 20);
  readSync(file, header, 0, header.length, 0);
  const key = "llama.context_length";
  // After the key stand the value's type and the value, four bytes each.
  const at = header.indexOf(key) + key.length + 4;
  const value = Buffer.alloc(4);
  value.writeUInt32LE(tokens);
  writeSync(file, value, 0, 4, at);
  closeSync(file);
}
