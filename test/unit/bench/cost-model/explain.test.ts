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
    ...{ longest: 4, alpha: 0.8, drafting: "model", backend: "cpu", quantisation: "Q4_K - Medium" },
    ...changes,
  });
}

describe("an explanation", () => {
  test("says from which acceptance on a length pays that does", () => {
    expect(explained({})).toMatchInlineSnapshot(
      `"Verifying 4 tokens costs 1.6 single steps on this backend, and a draft step 0.10 of one: by that draft length 3 pays where more than 51% of tested tokens are accepted, and the draft model reaches 80%."`,
    );
  });

  test("says that nothing can pay where batches cost what their tokens do, and what would help", () => {
    expect(explained({ costs: costs(9, 2) })).toMatchInlineSnapshot(
      `"Verifying 2 tokens costs 1.9 single steps on this backend, and a draft step 0.20 of one, so no chain of the draft model can pay, even if every token were accepted; if a batch cost one step it would be ×1.67: a target in F16 or a GPU comes nearer to that."`,
    );
  });

  test("proposes no wider weights where they are wide already", () => {
    expect(explained({ costs: costs(9, 2), quantisation: "F16" })).toMatch(/: a GPU comes nearer/);
    expect(explained({ costs: costs(9, 2), backend: "cuda" })).not.toMatch(/F16|GPU/);
  });

  test("blames the draft where that is what costs", () => {
    expect(explained({ costs: costs(0.5, 9), alpha: 0.6 })).toMatchInlineSnapshot(
      `"Verifying 2 tokens costs 1.1 single steps on this backend, and a draft step 0.90 of one: by that draft length 1 pays where more than 95% of tested tokens are accepted, and the draft model reaches 60%; with a draft that costs nothing it would be ×1.52: a smaller draft model, or --drafter ngram where the text repeats itself, comes nearer to that."`,
    );
  });

  test("blames the acceptance where that is too low", () => {
    expect(explained({ costs: costs(4, 1), alpha: 0.4 })).toMatchInlineSnapshot(
      `"Verifying 2 tokens costs 1.4 single steps on this backend, and a draft step 0.10 of one: by that draft length 1 pays where more than 50% of tested tokens are accepted, and the draft model reaches 40%; if a batch cost one step it would be ×1.27: a target in F16 or a GPU comes nearer to that."`,
    );
  });

  test("knows no draft step where drafts are looked up", () => {
    expect(explained({ drafting: "lookup", alpha: null })).toMatchInlineSnapshot(
      `"Verifying 5 tokens costs 1.8 single steps on this backend: by that draft length 1 pays where more than 20% of tested tokens are accepted."`,
    );
  });
});
