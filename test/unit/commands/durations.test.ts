import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../src/commands/durations.ts";
import { parseShare } from "../../../src/commands/shares.ts";

describe("parseDuration", () => {
  it.each([
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h", 3_600_000],
    ["1.5m", 90_000],
    [" 2s ", 2000],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text, "--time-budget")).toBe(ms);
  });

  it.each(["", "10", "m", "-1s", "0s", "1d", "1e3s", "10 m"])("refuses %j", (text) => {
    expect(() => parseDuration(text, "--time-budget")).toThrow(
      `--time-budget ${text} is not a time`,
    );
  });
});

describe("parseShare", () => {
  const range = { name: "--until-ci", above: 0, max: 1 };

  it.each([
    ["3%", 0.03],
    ["0.5%", 0.005],
    ["0.03", 0.03],
    ["100%", 1],
  ])("reads %s", (text, share) => {
    expect(parseShare(text, range)).toBeCloseTo(share, 12);
  });

  it.each(["", "0", "0%", "3", "101%", "-3%", "x", "3 %"])("refuses %j", (text) => {
    expect(() => parseShare(text, range)).toThrow(
      `--until-ci ${text} is not a share above 0%, up to 100%`,
    );
  });
});
