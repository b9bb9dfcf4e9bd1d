import { describe, expect, it } from "vitest";
import { checkBaselineRows, checkRoom } from "../../../src/commands/with-baselines.ts";

describe("what baseline rows need", () => {
  it("is room for the models once more", () => {
    expect(() => checkRoom(1.5e9, 1.5e9)).not.toThrow();
    expect(() => checkRoom(1.5e9, 1.4e9)).toThrow(
      expect.objectContaining({
        code: "not-enough-memory",
        message:
          "--baseline-rows loads the models a second time: that takes 1.5 GB, and 1.4 GB are free",
        exitCode: 3,
      }),
    );
  });

  it("is an engine whose models node-llama-cpp can load", () => {
    expect(() => checkBaselineRows({ baselineRows: true }, { engine: "auto" })).not.toThrow();
    expect(() => checkBaselineRows({}, { engine: "fake" })).not.toThrow();
    expect(() => checkBaselineRows({ baselineRows: true }, { engine: "fake" })).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });
});
