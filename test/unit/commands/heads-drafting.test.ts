import { describe, expect, test } from "vitest";
import { givenIn, type Layer, mergeConfig } from "../../../src/commands/config.ts";
import { parseDrafter } from "../../../src/commands/drafting.ts";
import { generateDrafting } from "../../../src/commands/generate-drafting.ts";
import { type GenerateValues, generateDefaults } from "../../../src/commands/generate-options.ts";

const file = { file: "h.gguf", kind: "chained", count: 3 } as const;

/** What flags of `generate` come to. */
function drafting(flags: Partial<GenerateValues>, heads: typeof file | undefined = file) {
  const layers: Layer<GenerateValues>[] = [{ origin: "flag", values: flags }];
  return generateDrafting(mergeConfig(generateDefaults(givenIn(layers)), layers), heads);
}

describe("draft heads", () => {
  test("draft a token each at most, and a length beyond them is told", () => {
    const { request, remarks } = drafting({ heads: "h.gguf", "draft-len": "8" });
    expect(request).toMatchObject({ drafters: ["heads"], draftLength: 3 });
    expect(remarks).toEqual([
      {
        level: "warning",
        text: "--draft-len 8 goes beyond the heads of a file, which drafts one token a head: 3 (chained)",
        hint: "Lower --draft-len, or name a file with more heads.",
      },
    ]);
  });

  test("are asked for as many as there are where nothing is said", () => {
    const { request, remarks } = drafting({ heads: "h.gguf" });
    expect({ draftLength: request.draftLength, remarks }).toEqual({ draftLength: 3, remarks: [] });
  });

  test("bound a length that is chosen before every pass", () => {
    const { request, remarks } = drafting({ heads: "h.gguf", "draft-len": "auto" });
    expect(request).toMatchObject({ draftLength: 3, adaptive: true });
    expect(remarks).toEqual([]);
  });

  test("leave lookup beside them its length", () => {
    const flags = { heads: "h.gguf", drafter: "ngram,heads", "draft-len": "8" };
    const { request, remarks } = drafting(flags);
    expect(request).toMatchObject({ drafters: ["ngram", "heads"], draftLength: 8 });
    expect(remarks).toEqual([]);
  });

  test("need a file", () => {
    expect(() => drafting({ drafter: "heads" })).toThrow(
      "--drafter heads needs a file of draft heads",
    );
    expect(() => drafting({ drafter: "heads,ngram", draft: "d.gguf" })).toThrow(
      "--drafter heads needs a file of draft heads",
    );
    expect(() => drafting({ heads: "h.gguf", drafter: "draft" })).toThrow(
      "--drafter draft needs a draft model",
    );
  });
});

describe("--drafter", () => {
  test.each(["heads", "ngram,heads", "heads, ngram"])("takes %s", (text) => {
    expect(parseDrafter(text)).toBe(text.replace(" ", ""));
  });

  test.each(["draft,heads", "heads,draft", "ngram,draft,heads"])("refuses %s", (text) => {
    expect(() => parseDrafter(text)).toThrow("draft and heads do not draft for one text");
  });

  test.each(["heads,heads", "ngram,heads,ngram"])("names the mistake in %s", (text) => {
    expect(() => parseDrafter(text)).toThrow("names a drafter twice");
  });
});
