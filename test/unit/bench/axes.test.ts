import { describe, expect, it } from "vitest";
import { parseAxis, parseAxisWithWord } from "../../../src/bench/axes.ts";
import { UserError } from "../../../src/errors.ts";

const lengths = { name: "--draft-len", min: 0, max: 128 };

describe("parseAxis", () => {
  it.each([
    ["4", [4]],
    ["1,2,4", [1, 2, 4]],
    ["1-8", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["1-9+2", [1, 3, 5, 7, 9]],
    ["1-8+2", [1, 3, 5, 7]],
    ["1-16*2", [1, 2, 4, 8, 16]],
    ["1-20*2", [1, 2, 4, 8, 16]],
    ["3-3", [3]],
    ["0", [0]],
    [" 1 , 2 ", [1, 2]],
    ["4,1-4,8", [4, 1, 2, 3, 8]],
    ["128", [128]],
  ])("reads %s", (text, values) => {
    expect(parseAxis(text, lengths)).toEqual(values);
  });

  it("reads fractions where they are allowed", () => {
    const temp = { name: "--temp", min: 0, max: 5, fractions: true };
    expect(parseAxis("0,0.7", temp)).toEqual([0, 0.7]);
    expect(parseAxis("0-0.5+0.1", temp)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  it.each(["-1", "1e9", "1000000000", "a-b", "", "1,,2", "1,", "1.5", "1-", "-", "129", "0-129"])(
    "names the option and the range for %j",
    (text) => {
      expect(messageOf(text)).toMatch(/^--draft-len takes whole numbers from 0 to 128, not "/);
    },
  );

  it.each([
    ["5-1", "--draft-len: 5-1 runs backwards"],
    ["1-9+0", "--draft-len: 1-9+0 never reaches its end"],
    ["1-9*1", "--draft-len: 1-9*1 never reaches its end"],
    ["1-9*0", "--draft-len: 1-9*0 never reaches its end"],
    ["0-9*2", "--draft-len: 0-9*2 never reaches its end"],
    ["0-64", "--draft-len has more than 64 values"],
  ])("refuses %s", (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it("is a usage error with a hint", () => {
    expect(failure("x")).toMatchObject({
      exitCode: 2,
      hint: "Write 1,2,4 or 1-8 or 1-9+2 (step) or 1-16*2 (factor), or several by comma.",
    });
  });
});

describe("parseAxisWithWord", () => {
  const options = { ...lengths, word: "auto" } as const;

  it.each([
    ["auto", ["auto"]],
    ["1,2,4,auto", [1, 2, 4, "auto"]],
    ["auto, 1-3 ,auto", [1, 2, 3, "auto"]],
    ["4", [4]],
  ])("reads %s, the word last", (text, values) => {
    expect(parseAxisWithWord(text, options)).toEqual(values);
  });

  it.each(["aut", "auto,", "auto-4", ""])("names the word too for %j", (text) => {
    expect(() => parseAxisWithWord(text, options)).toThrow(
      /^--draft-len takes whole numbers from 0 to 128 or auto, not "/,
    );
  });
});

function failure(text: string): UserError {
  try {
    parseAxis(text, lengths);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

function messageOf(text: string): string {
  return failure(text).message;
}
