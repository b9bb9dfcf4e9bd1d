import { expect, test } from "vitest";
import { noDrafter } from "../../../src/drafters/none.ts";

test("proposes nothing, without any work", async () => {
  const steps: unknown[] = [];
  for await (const step of noDrafter.begin([1, 2])) steps.push(step);
  expect(steps).toEqual([]);
  expect(await noDrafter.propose(undefined as never)).toMatchObject({ tokens: [], parents: [] });
});
