import { checkEngine } from "../doctor/check-engine.ts";
import { checkMachine } from "../doctor/check-machine.ts";
import { checkModels } from "../doctor/check-models.ts";
import { checkPresets } from "../doctor/check-presets.ts";
import { checkTrial } from "../doctor/check-trial.ts";
import { checkVersions } from "../doctor/check-versions.ts";
import { embeddedPair } from "../doctor/embedded-pair.ts";
import type { Check } from "../doctor/finding.ts";
import { checksAsJson, failedNames, renderCheck } from "../doctor/render.ts";
import { type CheckResult, runChecks } from "../doctor/run-checks.ts";
import { environmentError, usageError } from "../errors.ts";
import { coloursFor } from "../reports/colours.ts";
import { mergeConfig } from "./config.ts";
import type { DoctorFlags } from "./doctor.ts";
import { interruptible } from "./interruption.ts";
import { engineOptions, modelDefaults } from "./model-options.ts";
import { printJson, printLines, printRendered } from "./output.ts";
import { StatusLine } from "./status-line.ts";

/**
 * Runs every check and prints what it found.
 *
 * @throws UserError "doctor-failed" when something does not work that a user needs
 */
export async function runDoctor(flags: DoctorFlags): Promise<void> {
  const checks = checksFor(flags);
  const results = await interruptible((signal) => run(checks, signal, flags.json));
  const failed = failedNames(results);
  if (flags.json) printJson(checksAsJson(results));
  if (failed.length > 0) {
    throw environmentError(
      "doctor-failed",
      `${failed.length} of ${results.length} checks failed: ${failed.join(", ")}`,
      "What is wrong and what helps stands with each of them.",
    );
  }
  if (!flags.json) printLines(["All is well: specdec can run models here."]);
}

function checksFor(flags: DoctorFlags): Check[] {
  if ((flags.target === undefined) !== (flags.draft === undefined)) {
    throw usageError("--target and --draft go together", "Name both, or none.");
  }
  const { values } = mergeConfig(modelDefaults(), [{ origin: "flag", values: flags }]);
  const { target = embeddedPair.target, draft = embeddedPair.draft } = values;
  const options = { ...engineOptions(values), target, draft };
  return [
    checkVersions,
    checkMachine,
    checkEngine(options),
    checkModels(values["models-dir"]),
    checkPresets,
    checkTrial(options),
  ];
}

async function run(
  checks: readonly Check[],
  signal: AbortSignal,
  silent: boolean,
): Promise<CheckResult[]> {
  const { isTTY } = process.stdout;
  const colours = coloursFor(isTTY === true && (process.env.NO_COLOR ?? "") === "");
  const status = new StatusLine();
  const results: CheckResult[] = [];
  for await (const result of runChecks(checks, signal, ({ name }) =>
    status.show(`checking ${name}`),
  )) {
    status.clear();
    results.push(result);
    if (!silent) printRendered(`${renderCheck(result, colours)}\n`);
  }
  return results;
}
