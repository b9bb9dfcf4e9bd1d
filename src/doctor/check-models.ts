import { accessSync, constants, existsSync } from "node:fs";
import { resolve } from "node:path";
import { storedModels } from "../models/inventory.ts";
import { embeddedModelsFolder } from "../models/resolve-source.ts";
import { formatBytes } from "../reports/format.ts";
import { embeddedModels, missingOf } from "./embedded-pair.ts";
import type { Check, Fact, Problem } from "./finding.ts";

/** Which models are there: those that come with specdec, and those in the models folder. */
export function checkModels(folder: string): Check {
  return {
    name: "models",
    run: () => ({
      facts: [embeddedFact(), ...folderFacts(folder)],
      failures: embeddedFailures(),
      notes: folderNotes(folder),
    }),
  };
}

function embeddedFact(): Fact {
  const models = storedModels(embeddedModelsFolder);
  const texts = models.map(({ name, sizeBytes }) => `${name} (${formatBytes(sizeBytes)})`);
  return {
    key: "embedded",
    label: "embedded",
    value: models.map(({ name }) => name),
    text: texts.join(", ") || "none",
  };
}

function folderFacts(folder: string): Fact[] {
  const models = storedModels(folder);
  const bytes = models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    { key: "folder", label: "models folder", value: folder },
    { key: "models", label: "models in it", value: models.length },
    { key: "bytes", label: "their size", value: bytes, text: formatBytes(bytes) },
  ];
}

function embeddedFailures(): Problem[] {
  const missing = missingOf(embeddedModels);
  if (missing.length === 0) return [];
  return [
    {
      message: `${resolve(embeddedModelsFolder)} lacks ${missing.join(" and ")}`,
      hint: "Install specdec again.",
    },
  ];
}

function folderNotes(folder: string): Problem[] {
  if (!existsSync(folder) || isWritable(folder)) return [];
  return [
    {
      message: `nothing can be written into ${folder}`,
      hint: "To fetch models, name another folder with SPECDEC_MODELS or --models-dir.",
    },
  ];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
