import type { Options } from "yargs";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { printableJson } from "../text/printable-json.ts";
import type { Config, Origin, Values } from "./config.ts";
import { linesText } from "./output.ts";

/** The flag that asks for `configText` in the place of a run. */
export const printConfigOption = {
  type: "boolean",
  describe: "Print every setting and where it comes from, and run nothing",
  group: "Output:",
} as const satisfies Options;

/** A configuration as text: what counts, and where each value comes from. */
export function configText<V extends Values>(
  config: Config<V>,
  preset: LoadedPreset | undefined,
  format: "table" | "json",
): string {
  return format === "json"
    ? `${printableJson(asJson(config, preset), 2)}\n`
    : linesText(asTable(config, preset));
}

function asJson<V extends Values>({ values, origins }: Config<V>, loaded?: LoadedPreset) {
  const settings = Object.keys(values).map((option) => [
    option,
    { value: values[option] ?? null, origin: origins[option] },
  ]);
  const preset =
    loaded === undefined
      ? null
      : { id: loaded.preset.id, file: loaded.file, origin: loaded.origin };
  return { preset, settings: Object.fromEntries(settings) };
}

function asTable<V extends Values>(
  { values, origins }: Config<V>,
  loaded?: LoadedPreset,
): string[] {
  const rows = Object.keys(values).map((option) => [
    option,
    origins[option] === undefined ? "" : originText(origins[option], loaded),
    valueText(values[option]),
  ]);
  const all = [["option", "from", "value"], ...rows];
  const width = (column: number): number =>
    Math.max(...all.map((row) => (row[column] ?? "").length));
  const [first, second] = [width(0), width(1)];
  return all.map(
    ([option = "", from = "", value = ""]) =>
      `${option.padEnd(first)}  ${from.padEnd(second)}  ${value}`,
  );
}

function originText(origin: Origin, loaded: LoadedPreset | undefined): string {
  return origin === "preset" ? `preset ${loaded?.preset.id}` : origin;
}

function valueText(value: Values[string]): string {
  if (value === undefined) return "–";
  if (typeof value !== "object") return String(value);
  return value.length === 0 ? "–" : value.join(", ");
}
