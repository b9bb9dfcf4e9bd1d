import { beforeAll, describe, expect, test } from "vitest";
import type { Prediction } from "../../../src/bench/tune/predict.ts";
import { type TuneResult, tune } from "../../../src/bench/tune/tuner.ts";
import {
  commandLine,
  draftingFlags,
  nodeLlamaCppCaveats,
  nodeLlamaCppLines,
} from "../../../src/reports/tune-advice.ts";
import { renderTune } from "../../../src/reports/tune-report.ts";
import { cell } from "../bench/support/records.ts";
import { benchSettings, created, environment } from "../bench/support/settings.ts";
import { virtualPair } from "../bench/support/virtual-pair.ts";

async function tuned(target: string, draft: string): Promise<TuneResult> {
  const pair = await virtualPair({ target, draft });
  const settings = benchSettings({
    drafters: ["draft", "ngram"],
    draftLengths: [1, 2, 4, 8],
    topKs: [1, 3],
    treeSizes: null,
    pMins: [0, 0.5],
    maxTokens: 60,
  });
  const request = { settings, maxBranches: 64, confirmed: 3 };
  return (await tune(pair, request, { environment, created })) as TuneResult;
}

const pairFlags = ["--target", "my big.gguf", "--draft", "small.gguf"];
const options = { width: 100, color: false, pairFlags };
let result: TuneResult;
beforeAll(async () => {
  result = await tuned(
    "fake:seed=1,end=-1000,step=10,token=1",
    "fake:seed=1,agreement=0.85,end=-1000,step=1,token=0",
  );
});

describe("the report of a tuning", () => {
  test("has costs, the surface, what was measured, the advice and the lines to use", () => {
    expect(renderTune(result, options)).toMatchInlineSnapshot(`
      "target   fake:seed=1,end=-1000,step=10,token=1 (F32, 11025 parameters)
      draft    fake:seed=1,agreement=0.85,end=-1000,step=1,token=0 (F32, 11025 parameters)
      engine   fake fake, fake, 1 thread, context 512
      machine  Test CPU, 2 cores, linux 6.0
      runs     2 prompts × 2 repetitions, 60 tokens at most, temperature 0, seed 1

      Recorded 2 prompts, 120 tokens, at 100.0 tokens/s plainly, and replayed 36 settings.
      A target step takes 10.00 ms, and batches so many steps: 2: 1.10, 3: 1.20, 4: 1.30, 5: 1.40, 6:
      1.50, 7: 1.60, 8: 1.70, 9: 1.80, 10: 1.90, 11: 2.00, 12: 2.10, 13: 2.20, 14: 2.30, 15: 2.40, 16:
      2.50, 17: 2.60; a draft step 0.10 of one.

      Predicted speedup over plain, with the tree size and p-min that suit best:

      drafter draft
        top-k ╲ draft len      1      2      4      8
                        1  ×1.50  ×1.76  ×1.84  ×1.83
                        3  ×1.37  ×1.63  ×1.52  ×1.52

      drafter ngram
        top-k ╲ draft len      1      2      4      8
                        1  ×1.00  ×1.00  ×1.00  ×1.00

      Measured beside plain, 2 prompts × 2 repetitions, with a 95% bootstrap interval:

      setting                predicted            measured  tokens/s
      plain                          –                   –     100.0
      draft, draft length 4      ×1.84  ×1.84 [1.84, 1.84]     184.4
      draft, draft length 8      ×1.83  ×1.83 [1.83, 1.83]     183.2
      draft, draft length 2      ×1.76  ×1.76 [1.76, 1.76]     175.6

      Use draft, draft length 4, ×1.84 [1.84, 1.84] of plain. Verifying 5 tokens costs 1.4 single steps on
      this backend, and a draft step 0.10 of one: by that draft length 4 pays where more than 46% of
      tested tokens are accepted, and the draft model reaches 80%.

        specdec chat --target 'my big.gguf' --draft small.gguf --drafter draft --draft-len 4 --top-k 1

      In a program with node-llama-cpp itself the nearest is:

        new DraftSequenceTokenPredictor(draftSequence, {
          minTokens: 4, maxTokens: 4, minConfidence: 0
        })
      "
    `);
  });

  test("breaks its maps where the terminal is narrow", () => {
    const lines = renderTune(result, { ...options, width: 44 }).split("\n");
    const maps = lines.slice(lines.indexOf("drafter draft"), lines.indexOf("drafter ngram"));
    expect(maps.filter((line) => line === "drafter draft").length).toBeGreaterThan(1);
    for (const line of maps) expect(line.length).toBeLessThanOrEqual(44);
  });

  test("is the same with colours, but for the colours", () => {
    const coloured = renderTune(result, { ...options, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(renderTune(result, options));
    expect(coloured).toContain("\u001b[32m");
  });

  test("warns as a bench does, and advises nothing on costs that did not repeat", () => {
    const hint = "Close other programs.";
    const warnings = [{ code: "busy-machine", text: "other programs kept 2.0 cores busy", hint }];
    const report = { ...result.report, warnings };
    const costWarnings = [
      { code: "costs-unsteady", text: "what batches cost did not repeat", hint },
    ];
    const busy = renderTune({ ...result, report }, options);
    expect(busy).toContain("warning: other programs kept 2.0 cores busy\nhint:    Close other");
    expect(busy).toContain("Use draft, draft length 4");
    const unsteady = renderTune({ ...result, costWarnings }, options);
    expect(unsteady).toContain("warning: what batches cost did not repeat");
    expect(unsteady).toContain("No advice");
    expect(unsteady).not.toMatch(/Use draft|specdec chat|TokenPredictor/);
  });

  test("advises plain decoding with the reason where nothing pays", async () => {
    const nothing = await tuned(
      "fake:seed=2,end=-1000,step=10,token=9",
      "fake:seed=2,agreement=0.6,end=-1000,step=4,token=1",
    );
    const text = renderTune(nothing, { ...options, width: 1000 });
    expect(text).toMatch(/Decode plainly: nothing that was measured is faster( for certain)?\. V/);
    expect(text).toContain(
      "specdec chat --target 'my big.gguf' --draft small.gguf --draft-len 0\n",
    );
    expect(text).not.toContain("TokenPredictor");
  });
});

describe("the flags of a setting", () => {
  test("leave out what says nothing", () => {
    expect(draftingFlags(cell()).join(" ")).toBe("--drafter draft --draft-len 4 --top-k 1");
    const tree = cell({ topK: 3, treeSize: 8, pMin: 0.4 });
    expect(draftingFlags(tree).join(" ")).toBe(
      "--drafter draft --draft-len 4 --top-k 3 --tree-size 8 --p-min 0.4",
    );
    expect(draftingFlags(cell({ drafter: "ngram" })).join(" ")).toBe(
      "--drafter ngram --draft-len 4",
    );
  });

  test("are quoted as a shell needs it", () => {
    expect(commandLine(["specdec", "a b", "it's", "x-1.gguf", "ngram,draft", "$HOME"])).toBe(
      "specdec 'a b' 'it'\\''s' x-1.gguf ngram,draft '$HOME'",
    );
  });
});

describe("node-llama-cpp's nearest", () => {
  const ngram = { min: 2, max: 5 };
  const prediction = (changes: Parameters<typeof cell>[0]): Prediction => ({
    cell: cell(changes),
    counts: { ...(result.predictions[0] as Prediction).counts, drafted: 30, draftedPasses: 10 },
    speedup: 1,
  });

  test("is a draft of fixed length without a confidence", () => {
    expect(nodeLlamaCppLines(prediction({}), ngram).join("\n")).toMatchInlineSnapshot(`
      "new DraftSequenceTokenPredictor(draftSequence, {
        minTokens: 4, maxTokens: 4, minConfidence: 0
      })"
    `);
    expect(nodeLlamaCppCaveats(cell())).toEqual([]);
  });

  test("takes the confidence of a token from that of a path of mean length", () => {
    const lines = nodeLlamaCppLines(prediction({ pMin: 0.5, treeSize: 8, topK: 3 }), ngram);
    expect(lines.join("\n")).toContain("minTokens: 0, maxTokens: 4, minConfidence: 0.79");
    expect(nodeLlamaCppCaveats(cell({ pMin: 0.5, treeSize: 8, topK: 3 }))).toHaveLength(2);
  });

  test("looks up where that is what drafts", () => {
    expect(
      nodeLlamaCppLines(prediction({ drafter: "ngram" }), ngram).join("\n"),
    ).toMatchInlineSnapshot(`
      "new InputLookupTokenPredictor({
        patternLength: { min: 2, max: 5 },
        predictionLength: { min: 1, max: 4 }
      })"
    `);
  });
});
