import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { ChatTemplateSettings } from "../bench/template-settings.ts";
import { fileReasons, UserError, usageError } from "../errors.ts";
import { isDeeperThan } from "../json-depth.ts";
import { deepestKwargs } from "../limits.ts";
import { readTextFile } from "../read-text-file.ts";
import type { Config, Origin } from "./config.ts";
import { requireText } from "./model-options.ts";
import { looksLikeFile, templateIn } from "./template-file.ts";
import type { TemplateValues } from "./template-options.ts";

type TemplateConfig = Config<TemplateValues>;

/** Variables that say what is rendered, and are not for the user to set. */
const reserved = ["messages", "add_generation_prompt"];

/** The strongest first. */
const strength: readonly Origin[] = ["flag", "environment", "preset", "default"];

/**
 * The chat template that a configuration asks for. A flag wins over what a preset says.
 *
 * @returns empty for the model's own, with nothing to say to it
 * @throws UserError for a file that is no template, and for values that contradict each other
 */
export function templateSettings(config: TemplateConfig): ChatTemplateSettings {
  if (config.values.raw) {
    checkRaw(config);
    return {};
  }
  const chatTemplate = templateOf(config.values["chat-template"]);
  const kwargs = kwargsOf(config);
  if (chatTemplate !== undefined && chatTemplate.source === undefined) {
    if (Object.keys(kwargs).length > 0) checkNamed(config, chatTemplate.name);
    return { chatTemplate };
  }
  return {
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(Object.keys(kwargs).length > 0 && { chatTemplateKwargs: kwargs }),
  };
}

const templateNames = ["chat-template", "chat-template-kwargs", "thinking"] as const;

/** @throws UserError where --raw and an option of the template come from the same place */
function checkRaw({ values, origins }: TemplateConfig): void {
  const given = templateNames.filter((name) => values[name] !== undefined);
  const clash = given.find((name) => !isStronger(origins.raw, origins[name]));
  if (clash === undefined) return;
  throw usageError(
    `--raw and --${clash} cannot be combined`,
    "--raw continues prompts without a chat template. Give one of the two.",
  );
}

/** @throws UserError where variables are meant for a format that has none */
function checkNamed({ values, origins }: TemplateConfig, name: string): void {
  const given = (["chat-template-kwargs", "thinking"] as const).find(
    (option) =>
      values[option] !== undefined && !isStronger(origins["chat-template"], origins[option]),
  );
  if (given === undefined) return;
  throw usageError(
    `--${given} has no effect on ${name}, one of llama.cpp's formats`,
    "Give --chat-template a file with a Jinja template, or leave it out for the model's own.",
  );
}

function isStronger(a: Origin, b: Origin): boolean {
  return strength.indexOf(a) < strength.indexOf(b);
}

/** @throws UserError for a file that cannot be read or is no template */
function templateOf(value: string | undefined): ChatTemplateSettings["chatTemplate"] {
  if (value === undefined) return undefined;
  const name = requireText("--chat-template", value);
  if (!looksLikeFile(name) && !existsSync(name)) return { name };
  const source = templateIn(readTemplate(name));
  if (source === undefined) {
    throw usageError(
      `--chat-template ${name} has no chat template`,
      "Name a file with a Jinja template, or a tokenizer_config.json with the entry chat_template.",
    );
  }
  return { name, source, sha256: createHash("sha256").update(source).digest("hex") };
}

/** A template is a few kilobytes; this much is another kind of file. */
const mostBytes = 4 * 1024 * 1024;

function readTemplate(file: string): string {
  try {
    return readTextFile(file, mostBytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    const reason = code === "EISDIR" ? "it is a folder" : (fileReasons[code] ?? code);
    throw usageError(
      `--chat-template ${file} cannot be read: ${reason}`,
      "Check the path; it is taken from the folder that specdec was started in.",
    );
  }
}

/** Variables of both options. */
function kwargsOf({ values, origins }: TemplateConfig): Record<string, unknown> {
  const { thinking, "chat-template-kwargs": text } = values;
  const kwargs = text === undefined ? {} : parseKwargs(text);
  if (thinking === undefined) return kwargs;
  const wanted = parseThinking(thinking);
  const said = kwargs.enable_thinking;
  if (said !== undefined && said !== wanted) {
    if (isStronger(origins["chat-template-kwargs"], origins.thinking)) return kwargs;
    if (!isStronger(origins.thinking, origins["chat-template-kwargs"])) {
      throw usageError(
        `--thinking ${thinking} contradicts enable_thinking in --chat-template-kwargs, ${JSON.stringify(said)}`,
        "Give one of the two.",
      );
    }
  }
  return { ...kwargs, enable_thinking: wanted };
}

/** yargs checks flags; a preset's schema checks its field. */
function parseThinking(text: string): boolean {
  return text === "on";
}

function parseKwargs(text: string): Record<string, unknown> {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw noObject(text);
  if (isDeeperThan(deepestKwargs, value)) {
    throw usageError(
      "--chat-template-kwargs is nested too deep",
      `At most ${deepestKwargs} levels of lists and objects are handed to a template.`,
    );
  }
  const kept = reserved.find((name) => Object.hasOwn(value, name));
  if (kept === undefined) return value as Record<string, unknown>;
  throw usageError(
    `--chat-template-kwargs sets ${kept}, which specdec sets itself`,
    "Leave it out.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw noObject(text);
  }
}

function noObject(text: string): Error {
  return usageError(
    `--chat-template-kwargs ${text} is no JSON object`,
    `Write it in quotes: --chat-template-kwargs '{"enable_thinking": false}'`,
  );
}
