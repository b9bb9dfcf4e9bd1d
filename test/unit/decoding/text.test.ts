import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StopTextScanner } from "../../../src/decoding/text.ts";

interface Scan {
  readonly shown: readonly string[];
  readonly stopped: boolean;
  readonly rest?: string;
}

function scan(stopTexts: readonly string[], pieces: readonly string[]): Scan {
  const scanner = new StopTextScanner(stopTexts);
  const shown: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = scanner.push(piece);
    shown.push(text);
    if (stopped) return { shown, stopped };
  }
  return { shown, stopped: false, rest: scanner.flush() };
}

describe("StopTextScanner", () => {
  test.each<[string, string[], string[], Scan]>([
    ["shows all at once without stop texts", [], ["ab", "c"], free(["ab", "c"])],
    ["takes an empty stop text for none", [""], ["ab"], free(["ab"])],
    ["stops in the middle of a piece", ["cd"], ["abcdef"], stop(["ab"])],
    ["finds a stop text that spans pieces", ["cd"], ["abc", "de"], stop(["ab", ""])],
    ["finds one that comes letter by letter", ["abc"], ["a", "b", "c"], stop(["", "", ""])],
    ["holds back what may begin one", ["cd"], ["abc"], { ...free(["ab"]), rest: "c" }],
    ["lets go of what does not", ["cd"], ["abc", "x"], free(["ab", "cx"])],
    ["holds the longest beginning", ["aab"], ["xaa"], { ...free(["x"]), rest: "aa" }],
    ["sees a beginning within a failed one", ["aab"], ["aa", "a", "b"], stop(["", "a", ""])],
    ["stops at the earliest", ["d", "bc"], ["abcd"], stop(["a"])],
    ["is not blinded by a longer one that began before", ["abx", "b"], ["ab"], stop(["a"])],
    ["passes empty pieces", ["ab"], ["a", "", "b"], stop(["", "", ""])],
  ])("%s", (_, stopTexts, pieces, expected) => {
    expect(scan(stopTexts, pieces)).toEqual(expected);
  });

  test("shows the same text in whatever pieces it comes, for one stop text", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 20 });
    const stops = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 });
    const property = fc.property(
      letters,
      stops,
      fc.infiniteStream(fc.nat(3)),
      (text, stop, cuts) => {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const length = cuts.next().value as number;
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        const { shown, stopped, rest = "" } = scan([stop], pieces);
        const at = text.indexOf(stop);
        expect(stopped).toBe(at >= 0);
        expect(shown.join("") + rest).toBe(at < 0 ? text : text.slice(0, at));
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  test("holds nothing back that cannot begin a stop text", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    const property = fc.property(letters, (pieces) => {
      const scanner = new StopTextScanner(["abca"]);
      let all = "";
      let shown = "";
      for (const piece of pieces) {
        all += piece;
        const { text, stopped } = scanner.push(piece);
        shown += text;
        if (stopped) return;
        expect("abca".startsWith(all.slice(shown.length))).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});

function free(shown: string[]): Scan {
  return { shown, stopped: false, rest: "" };
}

function stop(shown: string[]): Scan {
  return { shown, stopped: true };
}
