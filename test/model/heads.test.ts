import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DraftHeads } from "../../src/decoding/draft-heads.ts";
import { type EmittedToken, emittedIn } from "../../src/decoding/events.ts";
import { count, noCounts } from "../../src/decoding/metrics.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import type { LocalPair } from "../../src/engine/local-pair.ts";
import { nodeLlamaCppEngine } from "../../src/engine/node-llama-cpp/engine.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import { openPair } from "../../src/engine/open-pair.ts";
import { draftModelChain, type GenerateRequest } from "../../src/engine/pair.ts";
import type { Engine } from "../../src/engine/port.ts";
import { vocabularyHash } from "../../src/engine/vocabulary-hash.ts";
import { describeInputsContract } from "../contract/inputs-contract.ts";
import {
  cpuOptions,
  embedded,
  embeddedHeads,
  lacks,
  models,
  smollmHeads,
} from "../support/models.ts";
import { headsGguf, type WrittenHeads } from "../support/write-heads.ts";
import { writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

let runtime: Runtime;
let engine: Engine;
let fitting: Pick<WrittenHeads, "width" | "target">;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "specdec-heads-"));
  runtime = await startRuntime(cpuOptions);
  engine = libllamaEngine(runtime, cpuOptions);
  const target = await engine.inspect(embedded.target);
  const { name, architecture, headerSha256, embeddingWidth } = target.info;
  fitting = {
    width: embeddingWidth,
    target: {
      ...{ name, architecture, headerSha256 },
      vocabularySize: target.vocabulary.size,
      vocabularySha256: vocabularyHash(target.vocabulary),
    },
  };
  await target.close();
});
afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true });
});

function headsFile(kind: DraftHeads["kind"], changes: Partial<WrittenHeads> = {}): string {
  const path = join(folder, `${kind}-${Object.keys(changes).join("-")}.gguf`);
  writeFileSync(path, writeGguf(headsGguf({ kind, count: 4, ...fitting, ...changes })).bytes);
  return path;
}

/** Some ids of the target's vocabulary, ascending, so many that texts have some of them. */
const someTokens = Array.from({ length: 300 }, (_, i) => 3 * i + 1);

describeInputsContract(
  "libllama with chained heads",
  async () => {
    const heads = await engine.openHeads(headsFile("chained", { tokens: someTokens }), 64);
    const random = seededRandom(3);
    const inputs = Array.from({ length: 20 }, () =>
      Float32Array.from({ length: heads.width }, () => random() - 0.5),
    );
    return { sequence: heads.sequence, inputs, close: async () => heads.close() };
  },
  0.02,
);

test("parallel heads are one batch of rows that do not see each other", async () => {
  const heads = await engine.openHeads(headsFile("parallel"), 64);
  expect(heads).toMatchObject({ kind: "parallel", count: 4 });
  const all = { outputs: "all", need: "logits" } as const;
  const inputs = [0, 1, 2, 3].map((head) => Float32Array.from(heads.offset(head)));
  const batch = { tokens: [0, 0, 0, 0], parents: [-1, -1, -1, -1], inputs, ...all };
  const together = await heads.sequence.evaluate(batch);
  const rows = inputs.map((_, i) => Float32Array.from(together.logits(i)));
  await heads.sequence.keep([]);
  for (const [i, input] of inputs.entries()) {
    const alone = await heads.sequence.evaluate({ tokens: [0], inputs: [input], ...all });
    const logits = alone.logits(0);
    expect(logits).toHaveLength(fitting.target.vocabularySize);
    const apart = rows[i]?.map((logit, token) => Math.abs(logit - (logits[token] as number)));
    expect(Math.max(...(apart ?? [Number.NaN]))).toBeLessThan(0.02);
    await heads.sequence.truncate(0);
  }
  await heads.close();
});

test("what stands for a token is its row of the file", async () => {
  const heads = await engine.openHeads(headsFile("chained", { tokens: someTokens }), 64);
  const { tensors = [] } = headsGguf({
    ...{ kind: "chained", count: 4, ...fitting, tokens: someTokens },
  });
  const { data } = tensors[0] as { data: Uint8Array };
  const weights = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const row = (i: number) => weights.slice(i * heads.width, (i + 1) * heads.width);
  expect(Float32Array.from(heads.embedding(1))).toEqual(row(0));
  expect(Float32Array.from(heads.embedding(7))).toEqual(row(2));
  // Not listed: the last row stands for all of those.
  expect(Float32Array.from(heads.embedding(8))).toEqual(row(someTokens.length));
  await heads.close();
});

test("node-llama-cpp's own API has no states for them", async () => {
  const other = nodeLlamaCppEngine(runtime, cpuOptions);
  await expect(other.openHeads(headsFile("chained"), 64)).rejects.toMatchObject({
    code: "no-hidden-states",
    hint: "Use --engine libllama.",
  });
});

const beginning = "import os\nimport sys\n\n\ndef main(argv):\n    for name in argv:\n";
const plain: GenerateRequest = {
  ...draftModelChain,
  prompt: { type: "text", text: beginning },
  draftLength: 0,
  topK: 10,
  sampler: { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 },
  seed: 7,
  maxTokens: 48,
  stopTexts: [],
  wholeChunks: true,
  eventsEveryMs: 0,
};

describe("the embedded target with heads of random weights", () => {
  let pair: LocalPair;
  beforeAll(async () => {
    const target = embedded.target;
    const heads = [
      headsFile("parallel"),
      headsFile("chained"),
      headsFile("parallel", { tokens: someTokens }),
      headsFile("chained", { tokens: someTokens }),
    ];
    const options = { ...cpuOptions, engine: "libllama", target, heads, contextSize: 512 } as const;
    pair = await openPair(options);
  });
  afterAll(() => pair.close());

  async function answer(changes: Partial<GenerateRequest>) {
    let text = "";
    let drafted = 0;
    for await (const event of pair.generate({ ...plain, ...changes })) {
      if (event.type === "round") drafted += event.drafted.length;
      if ("emitted" in event) text += event.emitted.map((each) => each.text).join("");
    }
    return { text, drafted };
  }

  test("knows what they are", () => {
    expect(pair.info.notices).toEqual([]);
    expect(pair.info.heads?.map(({ kind, outputs }) => [kind, outputs])).toEqual([
      ["parallel", 4096],
      ["chained", 4096],
      ["parallel", 300],
      ["chained", 300],
    ]);
  });

  test.each([0, 1, 2, 3])("writes plain's text with heads %i, chain or tree", async (heads) => {
    const { text } = await answer({});
    const drafting = { drafters: ["heads"], heads } as const;
    for (const draftLength of [1, 3, 8]) {
      for (const treeSize of [0, 12]) {
        const result = await answer({ ...drafting, draftLength, treeSize, topK: 3 });
        expect(result.text).toBe(text);
        expect(result.drafted).toBeGreaterThan(40);
      }
    }
  });

  test.each([1, 3])("draws tokens with heads %i", async (heads) => {
    const sampler = { temperature: 1, topK: 0, topP: 1, minP: 0.02 };
    const drafting = { drafters: ["heads"], heads, sampler, draftLength: 3 } as const;
    for (const treeSize of [0, 12]) {
      const { drafted } = await answer({ ...drafting, treeSize, topK: 4 });
      expect(drafted).toBeGreaterThan(40);
    }
  });
});

describe("the embedded target with the heads that come with it", () => {
  let pair: LocalPair;
  beforeAll(async () => {
    const heads = [embeddedHeads.parallel, embeddedHeads.chained];
    const options = { ...cpuOptions, engine: "libllama", heads, contextSize: 512 } as const;
    pair = await openPair({ ...options, target: embedded.target });
  });
  afterAll(() => pair.close());

  test("fits them", () => {
    expect(pair.info.notices).toEqual([]);
    expect(pair.info.heads?.map(({ kind }) => kind)).toEqual(["parallel", "chained"]);
  });

  async function run(changes: Partial<GenerateRequest>) {
    let counts = noCounts;
    let text = "";
    for await (const event of pair.generate({ ...plain, maxTokens: 120, ...changes })) {
      counts = count(counts, event);
      if ("emitted" in event) text += event.emitted.map((each) => each.text).join("");
    }
    const { draftedAt, acceptedAt } = counts;
    const rate = (i: number) => (acceptedAt[i] ?? 0) / (draftedAt[i] ?? 0);
    return { counts, text, rate };
  }

  test.each([0, 1])(
    "accepts much of what heads %i draft, and writes plain's text",
    async (heads) => {
      const { text } = await run({});
      const drafting = { drafters: ["heads"], heads, draftLength: 3 } as const;
      const chain = await run(drafting);
      expect(chain.text).toBe(text);
      expect(chain.rate(0)).toBeGreaterThan(0.3);
      const tree = await run({ ...drafting, topK: 4, treeSize: 16 });
      expect(tree.text).toBe(text);
      expect(tree.counts.accepted / tree.counts.passes).toBeGreaterThan(
        chain.counts.accepted / chain.counts.passes,
      );
    },
  );

  test("accepts chained heads deeper than parallel ones", async () => {
    const drafting = { drafters: ["heads"], draftLength: 3 } as const;
    const [parallel, chained] = [
      await run({ ...drafting, heads: 0 }),
      await run({ ...drafting, heads: 1 }),
    ];
    expect(chained.rate(1)).toBeGreaterThan(parallel.rate(1));
  });

  test("predicts and measures them", async () => {
    const times = await pair.timeRounds({
      ...{ targetBatches: [1, 2, 4], draftBatches: [1, 2, 4] },
      ...{ repetitions: 2, budgetMs: 1000, contextTokens: 16 },
    });
    expect(times.heads?.map(({ batches }) => batches.map(({ tokens }) => tokens))).toEqual([
      [1, 2, 4],
      [1, 2, 4],
    ]);
    for (const { stepMs } of times.heads ?? []) {
      expect(stepMs).toBeGreaterThan(0);
      expect(stepMs).toBeLessThan(times.target[0]?.ms ?? 0);
    }
  });
});

describe.skipIf(lacks(models.smollm))("SmolLM2 135M with heads that were trained for it", () => {
  let pair: LocalPair;
  beforeAll(async () => {
    const options = { ...cpuOptions, engine: "libllama", contextSize: 512 } as const;
    pair = await openPair({ ...options, target: models.smollm, heads: [smollmHeads] });
  });
  afterAll(() => pair.close());

  /** Beginnings of what the heads were trained on the like of: documentation of programs. */
  const texts = [
    "NAME\n\ncopy-tree - copy a directory and all that is in it\n\nSYNOPSIS\n\ncopy-tree [options] SOURCE TARGET\n\nDESCRIPTION\n\n",
    "# Installation\n\nThe library can be installed with the package manager of your system. To build it from source, you need a C compiler",
    "The function returns the number of bytes that were read. If the end of the file is reached before any byte is read, it returns",
    "Each option can be given on the command line or in the configuration file. Options on the command line",
    "EXIT STATUS\n\n0 if all files were copied, 1 if a file could not be read, and 2",
    "OPTIONS\n\n-h, --help\n       Print a help message and exit.\n\n-v, --verbose\n       Print the name of",
    "The configuration file is read from the home directory of the user. If it does not exist, the program",
    "To remove a package, use the command remove. The package manager asks for confirmation before it",
    "RETURN VALUE\n\nOn success, the function returns zero. On error, it returns -1, and errno is set",
    "The server listens on port 8080 by default. The port can be changed with the option",
    "If no file name is given, or if the file name is a dash, the program reads from the standard input",
    "The following environment variables are used by the program:",
  ];

  async function run(text: string, changes: Partial<GenerateRequest>) {
    let counts = noCounts;
    const emitted: EmittedToken[] = [];
    const request = {
      ...plain,
      prompt: { type: "text", text },
      maxTokens: 64,
      ...changes,
    } as const;
    for await (const event of pair.generate(request)) {
      counts = count(counts, event);
      emitted.push(...emittedIn(event));
    }
    return { counts, emitted };
  }

  test("fits them", () => {
    expect(pair.info.notices).toEqual([]);
    expect(pair.info.heads).toMatchObject([{ kind: "chained", count: 4, outputs: 8192 }]);
  });

  test("accepts more than a third of what head 1 drafts, and writes plain's text", async () => {
    let [drafted, accepted] = [0, 0];
    for (const text of texts) {
      const alone = await run(text, {});
      const { counts, emitted } = await run(text, { drafters: ["heads"], draftLength: 2 });
      drafted += counts.draftedAt[0] ?? 0;
      accepted += counts.acceptedAt[0] ?? 0;
      // Where a near tie falls the other way in a batch the texts part.
      const parts = emitted.findIndex(({ token }, i) => token !== alone.emitted[i]?.token);
      if (parts >= 0) expect(alone.emitted[parts]?.gap).toBeLessThan(0.5);
    }
    expect(drafted).toBeGreaterThan(80);
    expect(accepted / drafted).toBeGreaterThan(0.35);
  });
});
