import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { engineTemplate, templateText } from "../../../src/bench/template-settings.ts";
import { configure } from "../../../src/commands/configure.ts";
import { type GenerateValues, generateDefaults } from "../../../src/commands/generate-options.ts";
import { generateValues } from "../../../src/commands/preset-values.ts";
import { looksLikeFile, templateIn } from "../../../src/commands/template-file.ts";
import { templateSettings } from "../../../src/commands/template-settings.ts";
import type { Preset } from "../../../src/presets/preset.ts";
import { leastPreset, userPresets } from "../../support/preset-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type Flags = Partial<GenerateValues>;

/** What flags come to beside a preset with these settings. */
function configOf(flags: Flags, settings: Preset["settings"] = {}) {
  const { env, folder } = userPresets({ "mine.json": { ...leastPreset, settings } });
  const given = { ...flags, preset: "mine" };
  const how = { defaults: generateDefaults, ofPreset: generateValues };
  return { config: configure<GenerateValues>(given, how, env).config, folder };
}

const settingsOf = (flags: Flags, settings?: Preset["settings"]) =>
  templateSettings(configOf(flags, settings).config);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("--chat-template", () => {
  test("left out is the model's own", () => {
    expect(settingsOf({})).toEqual({});
    expect(engineTemplate({})).toBeUndefined();
  });

  test("names a file, whatever it is called", () => {
    for (const name of ["mine.jinja", "mine"]) {
      const path = file(name, "\uFEFF{{ messages }}");
      const { chatTemplate } = settingsOf({ "chat-template": path });
      expect(chatTemplate).toEqual({
        name: path,
        source: "{{ messages }}",
        sha256: "f24189f08c85a1eb19a737306c3a13e85462ee33d964f28108d64a2485fa2171",
      });
    }
  });

  test("names one of llama.cpp's formats", () => {
    for (const name of ["chatml", "granite-4.0"]) {
      expect(settingsOf({ "chat-template": name })).toEqual({ chatTemplate: { name } });
    }
    expect(engineTemplate({ chatTemplate: { name: "chatml" } })).toEqual({
      source: { type: "named", name: "chatml" },
    });
  });

  test.each([
    ["missing.jinja", /missing\.jinja cannot be read: there is no such file/],
    ["no/where", /no\/where cannot be read: there is no such file/],
    [".", /\. cannot be read: it is a folder/],
    [" ", /--chat-template/],
  ])("%j is refused", (value, message) => {
    const refused = () => settingsOf({ "chat-template": value });
    expect(refused).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ["empty", " \n"],
    ["binary", "a\0b"],
  ])("an %s file is refused", (_, content) => {
    const path = file("x.jinja", content);
    expect(() => settingsOf({ "chat-template": path })).toThrow("has no chat template");
  });

  test("a folder that is called as a format is refused", () => {
    mkdirSync(join(folder, "chatml"));
    expect(() => settingsOf({ "chat-template": join(folder, "chatml") })).toThrow("it is a folder");
  });
});

test("a template is read out of a tokenizer's configuration", () => {
  expect(templateIn('{"bos_token": "<s>", "chat_template": "{{ x }}"}')).toBe("{{ x }}");
  const named = [
    { name: "tool_use", template: "T" },
    { name: "default", template: "D" },
  ];
  expect(templateIn(JSON.stringify({ chat_template: named }))).toBe("D");
  expect(templateIn("{%- if x %}")).toBe("{%- if x %}");
});

test.each(['{"a": 1}', '{"chat_template": [null, {"name": "tool_use", "template": "T"}]}'])(
  "a JSON file without a template is no template: %s",
  (text) => expect(templateIn(text)).toBeUndefined(),
);

test("what looks like a file", () => {
  expect(["a/b", "a\\b", "x.jinja", "x.J2", "tokenizer_config.json"].every(looksLikeFile)).toBe(
    true,
  );
  expect(["chatml", "granite-4.0", "x.jnja"].some(looksLikeFile)).toBe(false);
});

describe("variables", () => {
  test("are a JSON object and --thinking", () => {
    const kwargs = '{"enable_thinking": false, "level": 2}';
    const settings = settingsOf({ "chat-template-kwargs": kwargs });
    expect(settings).toEqual({ chatTemplateKwargs: { enable_thinking: false, level: 2 } });
    expect(templateText(settings)).toBe("enable_thinking=false, level=2");
    expect(settingsOf({ thinking: "on" })).toEqual({
      chatTemplateKwargs: { enable_thinking: true },
    });
    expect(settingsOf({ thinking: "off", "chat-template-kwargs": "{}" })).toEqual({
      chatTemplateKwargs: { enable_thinking: false },
    });
  });

  test.each(["", "[1]", "null", "1", "{enable_thinking: false}", '{"a": 1'])(
    "%j is refused",
    (text) => {
      const refused = () => settingsOf({ "chat-template-kwargs": text });
      expect(refused).toThrow(
        expect.objectContaining({
          exitCode: 2,
          message: expect.stringContaining("is no JSON object"),
        }),
      );
    },
  );

  test.each(["messages", "add_generation_prompt"])("%s is not theirs to set", (name) => {
    const text = JSON.stringify({ [name]: 1 });
    expect(() => settingsOf({ "chat-template-kwargs": text })).toThrow(`sets ${name}`);
  });

  test("are refused where they are nested too deep", () => {
    const nested = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(() => settingsOf({ "chat-template-kwargs": nested(20_000) })).toThrow("too deep");
    expect(settingsOf({ "chat-template-kwargs": nested(99) })).toBeDefined();
    const chatTemplateKwargs = JSON.parse(nested(1000));
    expect(() => settingsOf({}, { chatTemplateKwargs })).toThrow("nested too deep");
  });

  test("may not contradict each other", () => {
    const kwargs = '{"enable_thinking": true}';
    expect(() => settingsOf({ thinking: "off", "chat-template-kwargs": kwargs })).toThrow(
      "--thinking off contradicts enable_thinking in --chat-template-kwargs, true",
    );
    expect(settingsOf({ thinking: "on", "chat-template-kwargs": kwargs })).toBeDefined();
  });

  test("have no effect on llama.cpp's formats", () => {
    expect(() => settingsOf({ thinking: "off", "chat-template": "chatml" })).toThrow(
      "--thinking has no effect on chatml",
    );
    expect(settingsOf({ "chat-template": "chatml" }, { thinking: "off" })).toEqual({
      chatTemplate: { name: "chatml" },
    });
  });
});

describe("a preset", () => {
  test("may set all of it, a file from its own folder", () => {
    const settings = {
      chatTemplate: "mine.jinja",
      chatTemplateKwargs: { level: 1 },
      thinking: "off",
    } as const;
    const { config, folder: presets } = configOf({}, settings);
    writeFileSync(join(presets, "mine.jinja"), "{{ messages }}");
    expect(templateSettings(config)).toMatchObject({
      chatTemplate: { name: join(presets, "mine.jinja"), source: "{{ messages }}" },
      chatTemplateKwargs: { level: 1, enable_thinking: false },
    });
  });

  test("gives way to flags", () => {
    expect(
      settingsOf({ thinking: "on" }, { chatTemplateKwargs: { enable_thinking: false } }),
    ).toEqual({
      chatTemplateKwargs: { enable_thinking: true },
    });
    const flag = { "chat-template-kwargs": '{"enable_thinking": true}' };
    expect(settingsOf(flag, { thinking: "off" })).toEqual({
      chatTemplateKwargs: { enable_thinking: true },
    });
  });
});

describe("--raw", () => {
  test.each(["chat-template", "chat-template-kwargs", "thinking"] as const)(
    "cannot be combined with --%s",
    (name) => {
      expect(() => settingsOf({ raw: true, [name]: "on" })).toThrow(
        `--raw and --${name} cannot be combined`,
      );
    },
  );

  test("of a preset gives way to a template's flag, and the other way round", () => {
    const { values } = configOf({ thinking: "off" }, { raw: true }).config;
    expect(values.raw).toBe(false);
    expect(settingsOf({ raw: true }, { thinking: "off" })).toEqual({});
    expect(() => settingsOf({}, { raw: true, thinking: "off" })).toThrow("cannot be combined");
  });
});
