import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readReport } from "../../../src/bench/read-report.ts";
import { renderJson } from "../../../src/reports/json.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { measuredReport } from "../reports/support/reports.ts";

/** A file of this content. */
function fileOf(content: string): string {
  const file = join(temporaryFolder(), "report.json");
  writeFileSync(file, content);
  return file;
}

describe("readReport", () => {
  it("reads what a bench has written, also behind a byte order mark", async () => {
    const report = await measuredReport();
    expect(readReport(fileOf(renderJson(report)))).toEqual(report);
    expect(readReport(fileOf(`\uFEFF${renderJson(report)}`))).toEqual(report);
  });

  it("tells of a report that was cut off", async () => {
    const file = fileOf(renderJson(await measuredReport()).slice(0, 500));
    expect(() => readReport(file)).toThrow(`${file} is not a whole JSON report: `);
    expect(() => readReport(fileOf(""))).toThrow("is not a whole JSON report");
  });

  it.each([
    ['{"schema":"specdec.bench/2"}', / has the schema specdec\.bench\/2, and this specdec reads /],
    ['{"schema":"another/1"}', / is no report of specdec bench$/],
    ["[]", / is no report of specdec bench$/],
    ["null", / is no report of specdec bench$/],
    [
      '{"schema":"specdec.bench/1"}',
      / is not what specdec\.bench\/1 says: created: .*; finished: .*; machine: .*; \d+ more$/,
    ],
  ])("refuses %s", (content, message) => {
    expect(() => readReport(fileOf(content))).toThrow(message);
  });

  it("tells of a file that is not there, and of a folder", () => {
    const folder = temporaryFolder();
    expect(() => readReport(join(folder, "none.json"), "Write one.")).toThrow(
      expect.objectContaining({
        message: `there is no report ${folder}/none.json`,
        hint: "Write one.",
      }),
    );
    mkdirSync(join(folder, "sub"));
    expect(() => readReport(join(folder, "sub"))).toThrow("is a folder");
  });
});
