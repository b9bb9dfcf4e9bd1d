import { usageError } from "../../errors.ts";
import {
  type PulledModel,
  type PullProgress,
  type PullRequest,
  pullModel,
} from "../../models/pull.ts";
import { isModelUri } from "../../models/split-name.ts";
import { findPreset } from "../../presets/find-preset.ts";
import { headSources, type ModelSource } from "../../presets/preset.ts";
import { formatBytes } from "../../reports/format.ts";
import { interruptible } from "../interruption.ts";
import { parseNumber } from "../numbers.ts";
import { printPath } from "../output.ts";
import { StatusLine } from "../status-line.ts";
import { folderOf } from "./options.ts";
import type { PullFlags } from "./pull.ts";

const maxTimeoutSeconds = 3600;

/**
 * Fetches one model after the other. The path of each goes to stdout as soon as it is there.
 *
 * @throws UserError for a name that means nothing, and a model that cannot be fetched
 */
export async function runPull(flags: PullFlags): Promise<void> {
  const status = new StatusLine();
  const requests = requestsOf(flags, (text) => status.print(text));
  const timeout = { name: "--timeout", min: 1, max: maxTimeoutSeconds };
  const patienceMs = parseNumber(flags.timeout, timeout) * 1000;
  await interruptible(async (signal) => {
    for (const request of requests) {
      const shown = progressLine(request.uri);
      const model = await pullModel(request, {
        signal,
        patienceMs,
        onProgress: (progress) => status.show(shown(progress)),
        onNote: (text) => status.print(`note: ${text}`),
      }).finally(() => status.clear());
      status.print(outcome(request.uri, model));
      printPath(model.path);
    }
  });
}

function requestsOf(flags: PullFlags, onNote: (text: string) => void): PullRequest[] {
  const { names = [] } = flags;
  if (names.length === 0) {
    const hint = "specdec models list shows the presets; a URI is hf:user/model:quantisation.";
    throw usageError("there is nothing to fetch: name a preset or a URI", hint);
  }
  const folder = folderOf(flags);
  const sha256 = wantedSum(flags.sha256, names);
  return names.flatMap((name) =>
    isModelUri(name) ? [{ uri: name, folder, sha256 }] : ofPreset(name, folder, onNote),
  );
}

function wantedSum(sum: string | undefined, names: readonly string[]): string | undefined {
  if (sum === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/i.test(sum)) throw usageError("--sha256 is not 64 hexadecimal digits");
  if (names.length === 1 && names.every(isModelUri)) return sum.toLowerCase();
  throw usageError("--sha256 goes with a single URI", "A preset brings its own checksums.");
}

function ofPreset(name: string, folder: string, onNote: (text: string) => void): PullRequest[] {
  const { preset } = findPreset(name);
  const { target, draft } = preset;
  const sources: readonly (readonly [string, ModelSource])[] = [
    ["the target model", target],
    ...(draft === undefined ? [] : [["the draft model", draft] as const]),
    ...headSources(preset).map((source) => ["a file of draft heads", source] as const),
  ];
  return sources.flatMap(([what, source]): PullRequest[] => {
    if ("uri" in source) return [{ ...source, folder }];
    const why = "embedded" in source ? "comes with specdec" : "is a file of yours";
    onNote(`${preset.id}: ${what} ${why}, there is nothing to fetch`);
    return [];
  });
}

/** Tells how far a model is, at which speed, and how long it will take. */
function progressLine(uri: string): (progress: PullProgress) => string {
  let first: { readonly atMs: number; readonly bytes: number } | undefined;
  return ({ step, doneBytes, totalBytes }) => {
    const share = `${Math.floor((doneBytes / totalBytes) * 100)} % of ${formatBytes(totalBytes)}`;
    if (step === "checking") return `checking ${uri}: ${share}`;
    const now = performance.now();
    first ??= { atMs: now, bytes: doneBytes };
    const perSecond = ((doneBytes - first.bytes) / (now - first.atMs)) * 1000;
    if (!(perSecond > 0)) return `fetching ${uri}: ${share}`;
    const left = duration((totalBytes - doneBytes) / perSecond);
    return `fetching ${uri}: ${share}, ${formatBytes(perSecond)}/s, ${left} left`;
  };
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function outcome(uri: string, { fetched, sizeBytes, checked }: PulledModel): string {
  const what = fetched ? "fetched" : "here already";
  const sum = checked ? "the checksum matches" : "no checksum is known for it";
  return `${uri}: ${what}, ${formatBytes(sizeBytes)}, ${sum}`;
}
