import { describe, expect, it } from "vitest";
import type { SweepAxes } from "../../../src/bench/combinations.ts";
import { type BenchPlan, planBench, planCells, planForEngine } from "../../../src/bench/plan.ts";
import { scheduleRepetitions } from "../../../src/bench/schedule.ts";
import { benchSettings } from "./support/settings.ts";

/** Chains of a draft model; 40 is the sampler's own top-k. */
const axes: SweepAxes = {
  drafters: ["draft"],
  draftLengths: [1, 2],
  topKs: [1],
  treeSizes: [0],
  pMins: [0],
  accept: "exact",
  temperatures: [0],
  samplerTopK: 40,
};
const ids = (changes: Partial<SweepAxes>) =>
  planCells({ ...axes, ...changes }).cells.map(({ id }) => id);
/** The same without the plain cells. */
const drafting = (changes: Partial<SweepAxes>) =>
  ids(changes).filter((id) => !id.startsWith("plain"));
const warnings = (changes: Partial<SweepAxes>) =>
  planCells({ ...axes, ...changes }).warnings.map(({ code, text }) => `${code}: ${text}`);

describe("planCells", () => {
  it("has plain and a cell a draft length", () => {
    expect(planCells(axes)).toEqual({
      cells: [
        {
          id: "plain-t0",
          method: "plain",
          drafter: "none",
          draftLen: 0,
          adaptive: false,
          topK: 0,
          treeSize: 0,
          pMin: 0,
          accept: "exact",
          temp: 0,
        },
        ...[1, 2].map((draftLen) => ({
          id: `draft-n${draftLen}-k1-t0`,
          method: "speculative",
          drafter: "draft",
          draftLen,
          adaptive: false,
          topK: 1,
          treeSize: 0,
          pMin: 0,
          accept: "exact",
          temp: 0,
        })),
      ],
      warnings: [],
    });
  });

  it("has node-llama-cpp's own decoding where it is asked for, behind the rest", () => {
    const baselineRows = true;
    expect(ids({ baselineRows, temperatures: [0, 0.8], draftLengths: [2, "auto"] })).toEqual([
      ...["plain-t0", "draft-n2-k1-t0", "draft-auto-k1-t0"],
      ...["nlc-evaluate-t0", "nlc-draft-n2-t0", "nlc-lookup-n2-t0"],
      ...["plain-t0.8", "draft-n2-k1-t0.8", "draft-auto-k1-t0.8"],
      ...["nlc-evaluate-t0.8", "nlc-draft-n2-t0.8", "nlc-lookup-n2-t0.8"],
    ]);
    expect(planCells({ ...axes, baselineRows }).cells.at(-1)).toEqual({
      ...{ id: "nlc-lookup-n2-t0", method: "baseline", baseline: "lookup", drafter: "ngram" },
      ...{ draftLen: 2, adaptive: false, topK: 0, treeSize: 0, pMin: 0, accept: "exact", temp: 0 },
    });
    expect(warnings({ baselineRows, draftLengths: [2, "auto"] })).toEqual([]);
  });

  it.each<[string, Partial<SweepAxes>, string[]]>([
    ["without a draft model there is lookup", { drafters: ["ngram"] }, ["nlc-lookup-n1-t0"]],
    ["nothing drafts in a sweep of plain", { drafters: ["none"] }, []],
    ["draft length 0 is evaluate()", { draftLengths: [0] }, []],
  ])("has what node-llama-cpp can do: %s", (_, changes, expected) => {
    const all = ids({ baselineRows: true, draftLengths: [1], ...changes });
    expect(all.filter((id) => id.startsWith("nlc"))).toEqual(["nlc-evaluate-t0", ...expected]);
  });

  it("says that node-llama-cpp's predictors have a fixed length", () => {
    const changes: Partial<SweepAxes> = { baselineRows: true, draftLengths: ["auto"] };
    expect(ids(changes)).toEqual(["plain-t0", "draft-auto-k1-t0", "nlc-evaluate-t0"]);
    expect(warnings(changes)).toEqual([
      "baseline-lengths: node-llama-cpp's predictors are not measured, for they have a fixed draft length",
    ]);
    expect(warnings({ draftLengths: ["auto"] })).toEqual([]);
  });

  it("has plain once, though draft length 0 is asked for", () => {
    expect(ids({ draftLengths: [0, 1] })).toEqual(["plain-t0", "draft-n1-k1-t0"]);
    expect(ids({ draftLengths: [0] })).toEqual(["plain-t0"]);
  });

  it("runs a top-k that cannot act once, and says so", () => {
    expect(ids({ topKs: [1, 10] })).toEqual(["plain-t0", "draft-n1-k1-t0", "draft-n2-k1-t0"]);
    expect(warnings({ topKs: [1, 10] })).toEqual([
      "axis-inert: --top-k 1,10 cannot act on a chain at temperature 0: the likeliest candidate stays the same, so equal cells are run once",
    ]);
    expect(ids({ topKs: [10], draftLengths: [2] })).toEqual(["plain-t0", "draft-n2-k10-t0"]);
    // Nothing is equal, and yet nobody should wait for an effect.
    expect(warnings({ topKs: [10] })).toEqual([
      "axis-inert: --top-k 10 cannot act on a chain at temperature 0: the likeliest candidate stays the same",
    ]);
  });

  it("has nothing to warn of where nothing drafts", () => {
    expect(warnings({ draftLengths: [0], topKs: [1, 10] })).toEqual([]);
  });

  it("crosses top-k with draft length above temperature 0", () => {
    expect(ids({ topKs: [1, 10], temperatures: [0.8] })).toEqual([
      "plain-t0.8",
      "draft-n1-k1-t0.8",
      "draft-n1-k10-t0.8",
      "draft-n2-k1-t0.8",
      "draft-n2-k10-t0.8",
    ]);
    expect(warnings({ topKs: [1, 10], temperatures: [0.8] })).toEqual([]);
  });

  it("knows that the sampler's own top-k bounds the draft's", () => {
    const changes = { draftLengths: [1], topKs: [10, 0, 40, 50], temperatures: [0.8] };
    expect(ids(changes)).toEqual(["plain-t0.8", "draft-n1-k10-t0.8", "draft-n1-k0-t0.8"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --top-k 10,0,40,50 those from 40 up, and 0, are equal behind --sampler-top-k 40, so equal cells are run once",
    ]);
    expect(ids({ ...changes, samplerTopK: 0 })).toHaveLength(5);
  });

  it("has a plain row a temperature", () => {
    expect(ids({ draftLengths: [1], temperatures: [0, 1] })).toEqual([
      "plain-t0",
      "draft-n1-k1-t0",
      "plain-t1",
      "draft-n1-k1-t1",
    ]);
  });
});

describe("plain again", () => {
  it("is a cell of its own behind plain, at each temperature", () => {
    expect(ids({ aa: true, draftLengths: [2], temperatures: [0, 0.8] })).toEqual([
      "plain-t0",
      "plain-again-t0",
      "draft-n2-k1-t0",
      "plain-t0.8",
      "plain-again-t0.8",
      "draft-n2-k1-t0.8",
    ]);
    expect(planCells({ ...axes, aa: true }).cells[1]).toMatchObject({
      method: "plain",
      again: true,
      draftLen: 0,
    });
  });
});

describe("defaults that follow other axes", () => {
  const defaults = { topKs: null, treeSizes: null, draftLengths: [1, 4, "auto"] } as const;

  it("are a chain at temperature 0 and a tree of ten candidates above it", () => {
    expect(ids({ ...defaults, temperatures: [0, 0.8] })).toEqual([
      "plain-t0",
      "draft-n1-k1-t0",
      "draft-n4-k1-t0",
      "draft-auto-k1-t0",
      "plain-t0.8",
      "draft-n1-k10-t0.8",
      "draft-n4-k10-s4-t0.8",
      "draft-auto-k10-s16-t0.8",
    ]);
    expect(warnings({ ...defaults, temperatures: [0, 0.8] })).toEqual([]);
  });

  it("make a tree of as many tokens where top-k asks for one", () => {
    expect(drafting({ ...defaults, topKs: [3] })).toEqual([
      "draft-n1-k3-t0",
      "draft-n4-k3-s4-t0",
      "draft-auto-k3-s16-t0",
    ]);
    expect(warnings({ ...defaults, topKs: [3] })).toEqual([]);
  });
});

describe("an adaptive cell", () => {
  const cellOf = (treeSizes: readonly number[], topKs = [5]) =>
    planCells({ ...axes, draftLengths: ["auto"], treeSizes, topKs }).cells[1];

  it("may draft 16 tokens, or as many as the tree holds", () => {
    expect(cellOf([0])).toMatchObject({ adaptive: true, draftLen: 16, treeSize: 0 });
    expect(cellOf([8])).toMatchObject({ adaptive: true, draftLen: 8, treeSize: 8 });
    expect(cellOf([32])).toMatchObject({ adaptive: true, draftLen: 16, treeSize: 32 });
    expect(cellOf([8], [1])).toMatchObject({ adaptive: true, draftLen: 8, treeSize: 0 });
  });

  it("chooses how probable a draft must be, so p-min cannot act", () => {
    const changes = { draftLengths: ["auto" as const], pMins: [0, 0.4] };
    expect(drafting(changes)).toEqual(["draft-auto-k1-t0"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --p-min 0,0.4 cannot act with --draft-len auto, which chooses itself how probable a draft must be, so equal cells are run once",
    ]);
  });

  it("has an id of its own, whatever else is swept", () => {
    const wide: SweepAxes = {
      ...{ drafters: ["draft", "ngram", "heads", "ngram,draft"], draftLengths: [1, 4, "auto"] },
      heads: [{ file: "h.gguf", kind: "chained", count: 3 }],
      ...{ topKs: [1, 3, 0], treeSizes: [0, 1, 2, 4, 16, 32], pMins: [0, 0.3] },
      ...{ accept: "typical", temperatures: [0, 0.8], samplerTopK: 40, aa: true },
    };
    const all = planCells(wide).cells.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((id, i) => all.indexOf(id) !== i)).toEqual([]);
  });

  it("is bounded by the tree's size even as a chain", () => {
    const changes = { draftLengths: ["auto" as const], treeSizes: [0, 8, 16, 32] };
    expect(planCells({ ...axes, ...changes }).cells.map(({ draftLen }) => draftLen)).toEqual([
      0, 16, 8,
    ]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --tree-size 0,8,16,32 some are equal with --draft-len auto and one candidate: a chain of up to 16 tokens, so equal cells are run once",
      "axis-inert: --tree-size 0,8,16,32 cannot act where one candidate stays, as with --top-k 1: a chain, so equal cells are run once",
    ]);
  });
});

describe("top-k in a tree", () => {
  const tree = { draftLengths: [2], treeSizes: [4] };

  it("acts at temperature 0 up to the tree's size", () => {
    const changes = { ...tree, topKs: [1, 3, 4, 10, 0] };
    expect(drafting(changes)).toEqual(["draft-n2-k1-t0", "draft-n2-k3-s4-t0", "draft-n2-k4-s4-t0"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --top-k 1,3,4,10,0 some are equal in a tree of 4 at temperature 0, which holds no more candidates, so equal cells are run once",
    ]);
  });

  it("acts above it whatever the tree's size, for other tokens are drawn", () => {
    const changes = { ...tree, topKs: [3, 10, 30], temperatures: [0.8] };
    expect(drafting(changes)).toEqual([3, 10, 30].map((k) => `draft-n2-k${k}-s4-t0.8`));
    expect(warnings(changes)).toEqual([]);
  });

  it("is bounded by the sampler's above temperature 0 alone", () => {
    const changes = { ...tree, treeSizes: [63], topKs: [40, 60], temperatures: [0, 0.8] };
    expect(drafting(changes)).toEqual([
      "draft-n2-k40-s63-t0",
      "draft-n2-k60-s63-t0",
      "draft-n2-k40-s63-t0.8",
    ]);
  });

  it("finds no place in a tree of one token", () => {
    const changes = { draftLengths: [1], treeSizes: null, topKs: [1, 5] };
    expect(drafting(changes)).toEqual(["draft-n1-k1-t0"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --top-k 1,5 some are equal in a tree of 1 at temperature 0, which holds no more candidates, so equal cells are run once",
    ]);
  });
});

describe("tree-size", () => {
  it("cannot act with a single candidate", () => {
    const changes = { draftLengths: [2], treeSizes: [0, 2, 8] };
    expect(drafting(changes)).toEqual(["draft-n2-k1-t0"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --tree-size 0,2,8 cannot act where one candidate stays, as with --top-k 1: a chain, so equal cells are run once",
    ]);
    // Nobody asked for a tree by leaving the option out.
    expect(warnings({ ...changes, treeSizes: null })).toEqual([]);
  });

  it("of one token is a chain", () => {
    const changes = { draftLengths: [1], treeSizes: [0, 1], topKs: [5], temperatures: [0.8] };
    expect(drafting(changes)).toEqual(["draft-n1-k5-t0.8"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --tree-size 0,1 0 and 1 are equal: a tree of one token is a chain, so equal cells are run once",
    ]);
  });

  it("cannot act beyond the tree that has every candidate", () => {
    const changes = { draftLengths: [1, 2], treeSizes: [2, 6, 9], topKs: [2] };
    expect(drafting(changes)).toEqual([
      "draft-n1-k2-s2-t0",
      "draft-n2-k2-s2-t0",
      "draft-n2-k2-s6-t0",
    ]);
    expect(warnings(changes)).toEqual([
      "axis-inert: of --tree-size 2,6,9 some are equal at draft length 1, 2: all candidates find a place, so equal cells are run once",
    ]);
  });

  it("below a draft length is left out with a warning", () => {
    const changes = { draftLengths: [2, 4, 8], treeSizes: [0, 4], topKs: [3] };
    expect(drafting(changes)).toEqual([
      "draft-n2-k3-t0",
      "draft-n2-k3-s4-t0",
      "draft-n4-k3-t0",
      "draft-n4-k3-s4-t0",
      "draft-n8-k3-t0",
    ]);
    expect(warnings(changes)[0]).toBe(
      "combination-skipped: --tree-size 4 is below --draft-len 8: these combinations are left out",
    );
  });

  it("below every draft length is an error", () => {
    expect(() => planCells({ ...axes, draftLengths: [4, 8], treeSizes: [1, 2] })).toThrow(
      "--tree-size 1 is below --draft-len 4, 8; --tree-size 2 is below --draft-len 4, 8",
    );
  });
});

describe("prompt lookup", () => {
  const ngram = { drafters: ["ngram" as const], draftLengths: [4], temperatures: [0, 0.8] };

  it("has one candidate in a chain, so top-k cannot act", () => {
    const changes = { ...ngram, topKs: [1, 5] };
    expect(drafting(changes)).toEqual(["ngram-n4-t0", "ngram-n4-t0.8"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --top-k 1,5 cannot act on a chain of the drafter ngram, which has one candidate, so equal cells are run once",
    ]);
  });

  it("has two candidates at most in a tree", () => {
    const changes = { ...ngram, treeSizes: [8], topKs: [1, 2, 5, 0], temperatures: [0.8] };
    expect(drafting(changes)).toEqual(["ngram-n4-t0.8", "ngram-n4-s8-t0.8"]);
    expect(warnings(changes)[0]).toContain(
      "those from 2 up, and 0, are equal for the drafter ngram, which has two candidates at most",
    );
  });

  it("fills a tree of two branches at most", () => {
    const changes = { ...ngram, draftLengths: [2], treeSizes: [6, 8], topKs: [5] };
    expect(drafting(changes)).toEqual(["ngram-n2-s6-t0", "ngram-n2-s6-t0.8"]);
  });

  it("before a draft model has the draft's candidates too", () => {
    const changes = { ...ngram, drafters: ["ngram,draft" as const], topKs: [1, 5] };
    expect(drafting(changes)).toEqual([
      "ngram+draft-n4-k1-t0",
      "ngram+draft-n4-k1-t0.8",
      "ngram+draft-n4-k5-t0.8",
    ]);
  });

  it("is stopped by p-min even at draft length 1, for nothing is drawn", () => {
    const changes = { ...ngram, draftLengths: [1], pMins: [0, 0.4], temperatures: [0.8] };
    expect(drafting(changes)).toEqual(["ngram-n1-t0.8", "ngram-n1-p0.4-t0.8"]);
  });
});

describe("drafters", () => {
  it("are an axis; none is plain, which is a row anyway", () => {
    const drafters = ["draft", "ngram", "ngram,draft", "none"] as const;
    expect(ids({ drafters, draftLengths: [2] })).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "ngram-n2-t0",
      "ngram+draft-n2-k1-t0",
    ]);
    expect(ids({ drafters: ["none"] })).toEqual(["plain-t0"]);
  });
});

describe("draft heads", () => {
  const parallel = { file: "p.gguf", kind: "parallel", count: 4 } as const;
  const chained = { file: "c.gguf", kind: "chained", count: 2 } as const;
  const heads = { drafters: ["heads" as const], heads: [parallel, chained] };

  it("are an axis of what they draft, and of nothing else", () => {
    const changes = { ...heads, drafters: ["draft", "heads", "ngram,heads", "ngram"] as const };
    expect(drafting({ ...changes, draftLengths: [2] })).toEqual([
      "draft-n2-k1-t0",
      "heads-parallel-n2-k1-t0",
      "heads-chained-n2-k1-t0",
      "ngram+heads-parallel-n2-k1-t0",
      "ngram+heads-chained-n2-k1-t0",
      "ngram-n2-t0",
    ]);
  });

  it("stand in their cells with their place in the pair", () => {
    const { cells } = planCells({ ...axes, ...heads, draftLengths: [1] });
    expect(cells.map(({ heads }) => heads)).toEqual([
      undefined,
      { index: 0, kind: "parallel", name: "parallel" },
      { index: 1, kind: "chained", name: "chained" },
    ]);
  });

  it("have names in ids that a shell takes as they are", () => {
    const files = ["my heads, old.gguf", "new.gguf"].map((file) => ({ ...chained, file }));
    expect(drafting({ ...heads, heads: files, draftLengths: [1] })).toEqual([
      "heads-chained-my-heads-old-n1-k1-t0",
      "heads-chained-new-n1-k1-t0",
    ]);
  });

  it("draft no further than there are heads: such lengths are told, and no rows of their own", () => {
    const changes = { ...heads, draftLengths: [1, 2, 4, 8] };
    expect(drafting(changes)).toEqual([
      "heads-parallel-n1-k1-t0",
      "heads-parallel-n2-k1-t0",
      "heads-parallel-n4-k1-t0",
      "heads-chained-n1-k1-t0",
      "heads-chained-n2-k1-t0",
    ]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --draft-len 1,2,4,8 goes beyond the heads of a file, which drafts one token a head: 4 (parallel), 2 (chained), so equal cells are run once",
    ]);
  });

  it("tell a length beyond them even where nothing is equal", () => {
    const changes = { ...heads, heads: [chained], draftLengths: [3] };
    expect(drafting(changes)).toEqual(["heads-chained-n2-k1-t0"]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --draft-len 3 goes beyond the heads of a file, which drafts one token a head: 2 (chained)",
    ]);
  });

  it("leave lookup beside them its own length", () => {
    const changes = { ...heads, drafters: ["ngram,heads" as const], draftLengths: [4, 8] };
    expect(drafting({ ...changes, heads: [parallel] })).toEqual([
      "ngram+heads-parallel-n4-k1-t0",
      "ngram+heads-parallel-n8-k1-t0",
    ]);
    expect(warnings(changes)).toEqual([]);
  });

  it("bound a length that is chosen, which nobody has to be told", () => {
    const changes = { ...heads, draftLengths: ["auto" as const] };
    const { cells } = planCells({ ...axes, ...changes });
    expect(cells.slice(1).map(({ draftLen, adaptive }) => [draftLen, adaptive])).toEqual([
      [4, true],
      [2, true],
    ]);
    expect(warnings(changes)).toEqual([]);
  });

  it("draw tokens that p-min cannot take back, as a draft model does", () => {
    const changes = { ...heads, heads: [chained], pMins: [0, 0.4], temperatures: [0.8] };
    expect(drafting({ ...changes, draftLengths: [1, 2] })).toEqual([
      "heads-chained-n1-k1-t0.8",
      "heads-chained-n2-k1-t0.8",
      "heads-chained-n2-k1-p0.4-t0.8",
    ]);
  });

  it("fill a tree as deep as they are many", () => {
    const changes = { ...heads, heads: [chained], topKs: [2], treeSizes: [6, 8] };
    expect(drafting({ ...changes, draftLengths: [3] })).toEqual(["heads-chained-n2-k2-s6-t0"]);
  });

  it("count as often as there are files where a sweep would never end", () => {
    const many = Array.from({ length: 60 }, (_, i) => i + 1);
    const changes = { ...heads, drafters: ["ngram", "heads"] as const, draftLengths: many };
    expect(() => planCells({ ...axes, ...changes, topKs: many })).toThrow("10800 combinations");
  });
});

describe("p-min", () => {
  it("acts where a draft can stop early", () => {
    const changes = { draftLengths: [2], pMins: [0, 0.4], temperatures: [0, 0.8] };
    expect(drafting(changes)).toEqual([
      "draft-n2-k1-t0",
      "draft-n2-k1-p0.4-t0",
      "draft-n2-k1-t0.8",
      "draft-n2-k1-p0.4-t0.8",
    ]);
    expect(warnings(changes)).toEqual([]);
  });

  it("can stop a single token at temperature 0, and not a drawn one", () => {
    const changes = { draftLengths: [1], pMins: [0, 0.4], temperatures: [0, 0.8] };
    expect(drafting(changes)).toEqual([
      "draft-n1-k1-t0",
      "draft-n1-k1-p0.4-t0",
      "draft-n1-k1-t0.8",
    ]);
    expect(warnings(changes)).toEqual([
      "axis-inert: --p-min 0,0.4 cannot act at draft length 1 above temperature 0: a token that was drawn has to stay, so equal cells are run once",
    ]);
  });
});

describe("typical acceptance", () => {
  it("is the exact rule at temperature 0", () => {
    const changes = { accept: "typical" as const, draftLengths: [2], temperatures: [0, 0.8] };
    expect(ids(changes)).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "plain-t0.8",
      "draft-n2-k1-t0.8-typical",
    ]);
    expect(warnings(changes)).toEqual([
      "typical-is-exact: --accept typical is the exact rule at temperature 0",
    ]);
  });
});

it("refuses a sweep that would never end", () => {
  const many = Array.from({ length: 60 }, (_, i) => i + 1);
  expect(() => planCells({ ...axes, draftLengths: many, topKs: many, treeSizes: many })).toThrow(
    "the axes have 216000 combinations, and a bench takes 10000 at most",
  );
});

it("leaves trees that nobody asked for out where the engine has none", () => {
  const settings = benchSettings({ topKs: [3], treeSizes: null });
  const engine = { engine: "fake", release: "", backend: "", threads: 1 } as const;
  const cellsOf = (trees: boolean) =>
    planForEngine(settings, { ...engine, trees }).cells.map(({ id }) => id);
  expect(cellsOf(true)).toEqual(["plain-t0", "draft-n4-k3-s4-t0"]);
  expect(cellsOf(false)).toEqual(["plain-t0", "draft-n4-k3-t0"]);
});

describe("scheduleRepetitions", () => {
  const plan = planBench(benchSettings({ draftLengths: [1, 2, 3, 4], repetitions: 3 }));
  const rounds = scheduleRounds(plan);

  it("goes by repetition, then prompt, with all cells each time", () => {
    expect(rounds.map(({ repetition, prompt }) => `${repetition} ${prompt.id}`)).toEqual([
      "0 one",
      "0 two",
      "1 one",
      "1 two",
      "2 one",
      "2 two",
    ]);
    const all = plan.cells.map(({ id }) => id).sort();
    for (const { cells } of rounds) expect(cells.map(({ id }) => id).sort()).toEqual(all);
  });

  it("shuffles the cells anew each time, the same way for the same seed", () => {
    const orders = rounds.map(({ cells }) => cells.map(({ id }) => id).join());
    expect(new Set(orders).size).toBeGreaterThan(3);
    expect(scheduleRounds(plan)).toEqual(rounds);
    const other = { ...plan, settings: { ...plan.settings, seed: 2 } };
    expect(scheduleRounds(other).map(({ cells }) => cells.map(({ id }) => id).join())).not.toEqual(
      orders,
    );
  });

  it("gives each prompt and repetition a seed of its own", () => {
    expect(rounds.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

/** The rounds of the repetitions that a plan asks for. */
function scheduleRounds(plan: BenchPlan) {
  const repetitions = scheduleRepetitions(plan);
  return Array.from({ length: plan.settings.repetitions }, () => repetitions.next().value).flat();
}
