import {
  type Inventory,
  type PresetEntry,
  type PresetModel,
  takeInventory,
} from "../../models/inventory.ts";
import type { Part } from "../../models/parts.ts";
import { collectPresets } from "../../presets/load-presets.ts";
import { formatBytes } from "../../reports/format.ts";
import { printJson, printLines } from "../output.ts";
import { StatusLine } from "../status-line.ts";
import type { ListFlags } from "./list.ts";
import { folderOf } from "./options.ts";

/** @throws UserError for a folder that cannot be read */
export function runList(flags: ListFlags): void {
  const { presets, broken } = collectPresets();
  const status = new StatusLine();
  for (const { error } of broken) {
    status.print(`warning: a preset of yours is left out: ${error.message}`);
  }
  const inventory = takeInventory(presets, folderOf(flags));
  if (flags.json) printJson(inventory);
  else printLines(render(inventory));
}

function render({ folder, presets, others, parts }: Inventory): string[] {
  const blocks = [
    ...presets.map(presetBlock),
    block(
      `Other models in ${folder}`,
      others.map(({ name, sizeBytes }) => row(name, sizeBytes)),
    ),
    block("Unfinished downloads", parts.map(partRow)),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

function block(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [title, ...rows];
}

function presetBlock({ id, origin, description, models }: PresetEntry): string[] {
  return block(`${id} (${origin}): ${description}`, models.map(modelRow));
}

function modelRow({ role, source, kind, path, sizeBytes }: PresetModel): string {
  const size = (sizeBytes === undefined ? "?" : formatBytes(sizeBytes)).padStart(9);
  const start = `  ${role.padEnd(6)} ${size}  `;
  if (path === undefined) return `${start}not here: ${source}`;
  return `${start}${kind === "embedded" ? "comes with specdec" : path}`;
}

function row(name: string, sizeBytes: number): string {
  return `  ${formatBytes(sizeBytes).padStart(9)}  ${name}`;
}

function partRow({ name, keptBytes, totalBytes }: Part): string {
  const of = totalBytes === undefined ? "" : ` (of ${formatBytes(totalBytes)})`;
  return `${row(name, keptBytes)}${of}`;
}
