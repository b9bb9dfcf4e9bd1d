import { describe, expect, test } from "vitest";
import { type BenchValues, benchDefaults } from "../../../src/commands/bench-options.ts";
import { givenIn, mergeConfig } from "../../../src/commands/config.ts";
import { configure } from "../../../src/commands/configure.ts";
import { type GenerateValues, generateDefaults } from "../../../src/commands/generate-options.ts";
import { benchValues, generateValues } from "../../../src/commands/preset-values.ts";
import { configText } from "../../../src/commands/print-config.ts";
import { leastPreset, userPresets } from "../../support/preset-files.ts";

interface Few {
  readonly [option: string]: string | boolean | undefined;
  readonly a: string;
  readonly b: string;
  readonly c: boolean;
  readonly d: string | undefined;
}
const defaults: Few = { a: "default", b: "default", c: false, d: undefined };

describe("mergeConfig", () => {
  test("takes each value from the strongest layer that has one", () => {
    const config = mergeConfig<Few>(defaults, [
      { origin: "flag", values: { a: "flag", b: undefined } },
      { origin: "preset", values: { a: "preset", b: "preset", c: true } },
    ]);
    expect(config).toEqual({
      values: { a: "flag", b: "preset", c: true, d: undefined },
      origins: { a: "flag", b: "preset", c: "preset", d: "default" },
    });
  });

  test("lets a flag say no where a preset says yes", () => {
    const { values } = mergeConfig<Few>(defaults, [
      { origin: "flag", values: { c: false } },
      { origin: "preset", values: { c: true } },
    ]);
    expect(values.c).toBe(false);
  });

  test("leaves out what is no setting", () => {
    const { values } = mergeConfig<Few>(defaults, [
      { origin: "flag", values: { other: "x" } as object },
    ]);
    expect(values).toEqual(defaults);
  });
});

test("givenIn is what layers say together, without defaults", () => {
  const layers = [
    { origin: "flag", values: { a: "flag", b: undefined } },
    { origin: "preset", values: { a: "preset", b: "preset" } },
  ] as const;
  expect(givenIn<Few>(layers)).toEqual({ a: "flag", b: "preset" });
});

describe("configure", () => {
  const settings = { draftLen: 2, temp: 0.5, raw: true };
  const preset = { ...leastPreset, draft: { path: "small.gguf" }, context: 512, settings };
  const of = (
    flags: Record<string, string>,
    env: NodeJS.ProcessEnv = { XDG_CONFIG_HOME: "/nowhere" },
  ) =>
    configure<GenerateValues>(flags, { defaults: generateDefaults, ofPreset: generateValues }, env);

  test("merges flags, environment, preset and defaults", () => {
    const own = userPresets({ "mine.json": preset });
    const { config } = of(
      { preset: "mine", temp: "1", "max-tokens": "5" },
      { ...own.env, SPECDEC_MODELS: "/m" },
    );
    const shown = (option: keyof GenerateValues) => [config.values[option], config.origins[option]];
    expect(shown("target")).toEqual([`${own.folder}/big.gguf`, "preset"]);
    expect(shown("draft")).toEqual([`${own.folder}/small.gguf`, "preset"]);
    expect(shown("ctx")).toEqual(["512", "preset"]);
    expect(shown("draft-len")).toEqual(["2", "preset"]);
    expect(shown("raw")).toEqual([true, "preset"]);
    expect(shown("temp")).toEqual(["1", "flag"]);
    expect(shown("max-tokens")).toEqual(["5", "flag"]);
    expect(shown("models-dir")).toEqual(["/m", "environment"]);
    expect(shown("top-k")).toEqual(["10", "default"]);
  });

  test("takes no preset beside --target", () => {
    const { config, preset: none, remarks } = of({ target: "x.gguf" });
    expect({ none, remarks }).toEqual({ none: undefined, remarks: [] });
    expect(config.values).toMatchObject({ target: "x.gguf", draft: undefined, "draft-len": "0" });
  });

  test("drafts four tokens where there is a draft model", () => {
    const { values, origins } = of({ target: "x.gguf", draft: "y.gguf" }).config;
    expect([values["draft-len"], origins["draft-len"]]).toEqual(["4", "default"]);
  });

  test("has defaults that follow what is said elsewhere", () => {
    const shown = (flags: Record<string, string>) => {
      const { values } = of({ target: "x.gguf", ...flags }).config;
      return [values.drafter, values["draft-len"], values["top-k"], values["tree-size"]];
    };
    expect(shown({})).toEqual(["none", "0", "1", "0"]);
    expect(shown({ draft: "y.gguf" })).toEqual(["draft", "4", "1", "4"]);
    expect(shown({ drafter: "ngram" })).toEqual(["ngram", "4", "1", "4"]);
    expect(shown({ draft: "y.gguf", drafter: "none" })).toEqual(["none", "0", "1", "0"]);
    expect(shown({ draft: "y.gguf", temp: "0.8" })).toEqual(["draft", "4", "10", "4"]);
    expect(shown({ draft: "y.gguf", "draft-len": "auto" })).toEqual(["draft", "auto", "1", "16"]);
    expect(shown({ draft: "y.gguf", "draft-len": "7" })).toEqual(["draft", "7", "1", "7"]);
    // Who names heads wants them to draft.
    expect(shown({ heads: "h.gguf" })).toEqual(["heads", "4", "1", "4"]);
    expect(shown({ draft: "y.gguf", heads: "h.gguf" })).toEqual(["heads", "4", "1", "4"]);
  });

  describe("takes what a preset says of drafting", () => {
    const ownPreset = () =>
      userPresets({
        "mine.json": {
          ...leastPreset,
          settings: {
            ...{ drafter: "ngram", draftLen: "auto", topK: 2, treeSize: 12, pMin: 0.1 },
            ...{ accept: "typical", typicalEpsilon: 0.2, typicalDelta: 0.4 },
            ...{ ngramMin: 1, ngramMax: 4 },
          },
          sweep: {
            drafter: ["ngram", "none"],
            draftLen: "1-2,auto",
            treeSize: "0,8",
            pMin: "0,0.5",
          },
        },
      });
    const always = {
      ...{ accept: "typical", "typical-epsilon": "0.2", "typical-delta": "0.4" },
      ...{ "ngram-min": "1", "ngram-max": "4" },
    };

    test("to generate", () => {
      const { values, origins } = of({ preset: "mine", "top-k": "3" }, ownPreset().env).config;
      expect(values).toMatchObject({
        ...always,
        ...{
          drafter: "ngram",
          "draft-len": "auto",
          "top-k": "3",
          "tree-size": "12",
          "p-min": "0.1",
        },
      });
      expect([origins["top-k"], origins["tree-size"]]).toEqual(["flag", "preset"]);
    });

    test("to bench, the sweep before the settings", () => {
      const settings = { defaults: benchDefaults, ofPreset: benchValues };
      const { values } = configure<BenchValues>(
        { preset: "mine" },
        settings,
        ownPreset().env,
      ).config;
      expect(values).toMatchObject({
        ...always,
        ...{ drafter: ["ngram", "none"], "draft-len": "1-2,auto", "top-k": "2" },
        ...{ "tree-size": "0,8", "p-min": "0,0.5" },
      });
    });
  });

  describe("takes draft heads", () => {
    const pair = { ...leastPreset, draft: { path: "small.gguf" } };
    const own = (changes: object) => userPresets({ "mine.json": { ...pair, ...changes } });
    const two = [{ path: "a.gguf" }, { path: "b.gguf" }];
    const ofBench = (flags: Readonly<Record<string, unknown>>, changes: object) =>
      configure<BenchValues>(
        { preset: "mine", ...flags },
        { defaults: benchDefaults, ofPreset: benchValues },
        own(changes).env,
      ).config.values;

    test("of a preset: one file, or the first of several, counted from its folder", () => {
      const one = own({ heads: { path: "a.gguf" } });
      expect(of({ preset: "mine" }, one.env).config.values).toMatchObject({
        heads: `${one.folder}/a.gguf`,
        drafter: "heads",
      });
      const several = own({ heads: two });
      const { values, origins } = of({ preset: "mine" }, several.env).config;
      expect([values.heads, origins.heads]).toEqual([`${several.folder}/a.gguf`, "preset"]);
    });

    test("of a preset that drafts with something else", () => {
      const { env } = own({ heads: two, settings: { drafter: "ngram,draft" } });
      expect(of({ preset: "mine" }, env).config.values.drafter).toBe("ngram,draft");
    });

    test("of a flag, before what a preset has draft for its own pair", () => {
      const { env } = own({ settings: { drafter: "ngram,draft" } });
      const { values, origins } = of({ preset: "mine", heads: "h.gguf" }, env).config;
      expect([values.drafter, origins.drafter]).toEqual(["heads", "default"]);
      const lookup = own({ settings: { drafter: "ngram,heads" } });
      expect(of({ preset: "mine", heads: "h.gguf" }, lookup.env).config.values.drafter).toBe(
        "ngram,heads",
      );
      const drafter = { preset: "mine", heads: "h.gguf", drafter: "draft" };
      expect(of(drafter, env).config.values.drafter).toBe("draft");
    });

    test("all of them as an axis of bench, beside what else drafts", () => {
      expect(ofBench({}, { heads: two })).toMatchObject({
        heads: [expect.stringMatching(/a\.gguf$/), expect.stringMatching(/b\.gguf$/)],
        drafter: ["draft", "heads"],
        "draft-len": "1,2,4",
      });
      expect(ofBench({}, {}).drafter).toEqual(["draft"]);
      expect(ofBench({ heads: ["h.gguf"] }, {}).drafter).toEqual(["draft", "heads"]);
    });

    test("of a flag, behind what a preset sweeps", () => {
      const sweep = { drafter: ["draft", "ngram,draft"] };
      const heads = ["h.gguf"];
      expect(ofBench({ heads }, { sweep }).drafter).toEqual(["draft", "ngram,draft", "heads"]);
      expect(ofBench({}, { sweep, heads: two }).drafter).toEqual(["draft", "ngram,draft"]);
      const own = { drafter: ["ngram,heads"] };
      expect(ofBench({ heads }, { sweep: own }).drafter).toEqual(["ngram,heads"]);
    });

    test("of no target", () => {
      expect(() => of({ heads: "h.gguf" })).toThrow("--heads needs a target model");
    });
  });

  test("takes the demonstration pair where nothing is named, and says so", () => {
    const { preset: chosen, remarks } = of({});
    expect(chosen?.preset.id).toBe("python-tiny");
    expect(remarks).toEqual([
      { level: "note", text: expect.stringMatching(/^python-tiny runs, a demonstration/) },
    ]);
  });

  test("takes no draft model alone", () => {
    expect(() => of({ draft: "y.gguf" })).toThrow("--draft needs a target model");
  });

  test("lets flags replace one model of a preset", () => {
    const own = userPresets({ "mine.json": preset });
    const { values, origins } = of({ preset: "mine", target: "x.gguf" }, own.env).config;
    expect([values.target, origins.target]).toEqual(["x.gguf", "flag"]);
    expect([values.draft, origins.draft]).toEqual([`${own.folder}/small.gguf`, "preset"]);
  });

  test("tells of presets that it left out", () => {
    const own = userPresets({ "mine.json": preset, "bad.json": "{" });
    expect(of({ preset: "mine" }, own.env).remarks).toEqual([
      {
        level: "warning",
        text: expect.stringMatching(/^a preset of yours is left out: .+bad\.json line 1 /),
      },
    ]);
  });
});

describe("configText", () => {
  const config = mergeConfig<Few>(defaults, [{ origin: "preset", values: { a: "x" } }]);
  const loaded = { preset: leastPreset, file: "/p/mine.json", origin: "path" } as const;

  test("is a table", () => {
    expect(configText(config, loaded, "table")).toMatchInlineSnapshot(`
      "option  from         value
      a       preset mine  x
      b       default      default
      c       default      false
      d       default      –
      "
    `);
  });

  test("is JSON", () => {
    expect(JSON.parse(configText(config, loaded, "json"))).toEqual({
      preset: { id: "mine", file: "/p/mine.json", origin: "path" },
      settings: {
        a: { value: "x", origin: "preset" },
        b: { value: "default", origin: "default" },
        c: { value: false, origin: "default" },
        d: { value: null, origin: "default" },
      },
    });
    expect(JSON.parse(configText(config, undefined, "json")).preset).toBeNull();
  });
});
