import { expect, test } from "vitest";
import { checksAsJson, failedNames, renderCheck } from "../../../src/doctor/render.ts";
import type { CheckResult } from "../../../src/doctor/run-checks.ts";
import { coloursFor } from "../../../src/reports/colours.ts";

const failed: CheckResult = {
  name: "engine",
  status: "failed",
  facts: [
    { key: "threads", label: "threads", value: 2, text: "2 (--threads)" },
    { key: "usableGpus", label: "GPUs found", value: [] },
  ],
  failures: [{ message: "it broke", hint: "Mend it.", details: ["  line one", "line two"] }],
  notes: [{ message: "it limps" }],
};
const ok: CheckResult = { name: "versions", status: "ok", facts: [], failures: [], notes: [] };

test("a check reads as aligned lines", () => {
  expect(renderCheck(failed, coloursFor(false))).toMatchInlineSnapshot(`
    "engine  failed
      threads         2 (--threads)
      GPUs found      none
      error           it broke
      hint            Mend it.
      log             line one
                      line two
      note            it limps
    "
  `);
});

test("colours mark how it ended", () => {
  const [first] = renderCheck(failed, coloursFor(true)).split("\n");
  expect(first).toBe("\u001b[1mengine\u001b[22m  \u001b[31mfailed\u001b[39m");
});

test("as data the facts go by their keys, and one failure is the verdict", () => {
  expect(failedNames([ok, failed])).toEqual(["engine"]);
  expect(checksAsJson([ok]).verdict).toBe("ok");
  expect(checksAsJson([ok, failed])).toMatchObject({
    verdict: "failed",
    checks: [{ name: "versions" }, { name: "engine", facts: { threads: 2, usableGpus: [] } }],
  });
});
