import { describe, expect, test } from "vitest";
import type { Costs } from "../../../../src/bench/cost-model/costs.ts";
import { type ExplainOptions, explain } from "../../../../src/bench/cost-model/explain.ts";

/** @param slope ms of each further token in a batch of the target, whose step takes 10 ms */
function costs(slope: number, draftMs: number): Costs {
  return {
    target: [1, 2, 3, 5, 9].map((tokens) => ({ tokens, ms: 10 + slope * (tokens - 1) })),
    draft: { batches: [{ tokens: 1, ms: draftMs }], stepMs: draftMs, readMs: 0 },
    overheadMs: 0,
    repetitions: 5,
  };
}

function explained(changes: Partial<ExplainOptions>): string {
  return explain({
    costs: costs(2, 1),
    ...{ longest: 4, alpha: 0.8, free: false, backend: "cpu", quantisation: "Q4_K - Medium" },
    ...changes,
  });
}

describe("an explanation", () => {
  test("says from which acceptance on a length pays that does", () => {
    expect(explained({})).toMatchInlineSnapshot();
  });

  test("says that nothing can pay where batches cost what their tokens do, and what would help", () => {
    expect(explained({ costs: costs(9, 2) })).toMatchInlineSnapshot();
  });

  test("proposes no wider weights where they are wide already", () => {
    expect(explained({ costs: costs(9, 2), quantisation: "F16" })).toMatch(/: a GPU comes nearer/);
    expect(explained({ costs: costs(9, 2), backend: "cuda" })).not.toMatch(/F16|GPU/);
  });

  test("blames the draft where that is what costs", () => {
    expect(explained({ costs: costs(0.5, 9), alpha: 0.6 })).toMatchInlineSnapshot();
  });

  test("blames the acceptance where that is too low", () => {
    expect(explained({ costs: costs(4, 1), alpha: 0.4 })).toMatchInlineSnapshot();
  });

  test("knows no draft step where drafts are looked up", () => {
    expect(explained({ free: true, alpha: null })).toMatchInlineSnapshot();
  });
});
