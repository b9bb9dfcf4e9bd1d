import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { readHeadsFile } from "../engine/heads/heads-file.ts";
import { download } from "../engine/node-llama-cpp/download.ts";
import type {
  DownloadedFiles,
  DownloadFailure,
  DownloadProgress,
} from "../engine/node-llama-cpp/download-protocol.ts";
import { readModelFile } from "../engine/node-llama-cpp/model-file.ts";
import { environmentError, UserError } from "../errors.ts";
import { downloadError, interruption } from "./download-error.ts";
import { fileSha256 } from "./file-sum.ts";
import { listParts, type Part, partsFolder } from "./parts.ts";
import { findStoredFile } from "./resolve-source.ts";
import { requireStoredName, sameModel } from "./split-name.ts";

/** A model to fetch into a models folder. */
export interface PullRequest {
  readonly uri: string;
  readonly folder: string;
  /** What the file must be, where it is known. */
  readonly sizeBytes?: number | undefined;
  readonly sha256?: string | undefined;
}

/** How far a pull is. */
export interface PullProgress extends DownloadProgress {
  readonly step: "fetching" | "checking";
}

/** What a pull reports and how it is stopped. */
export interface PullOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
  readonly onNote: (text: string) => void;
  /** How long nothing may come before it is given up, in ms. */
  readonly patienceMs: number;
}

/** A model in the models folder. */
export interface PulledModel {
  readonly path: string;
  readonly sizeBytes: number;
  /** False where it was there already. */
  readonly fetched: boolean;
  /** Whether a checksum was known, and matches. */
  readonly checked: boolean;
}

/**
 * Fetches a model, unless a good one is there. It is called what it is called only when it is whole
 * and verified; until then it lies among the parts.
 *
 * @throws UserError for a URI that names no model, a download that fails, or a file that is not the
 *   one expected
 * @throws the signal's reason when it is aborted; what was fetched stays
 */
export async function pullModel(request: PullRequest, options: PullOptions): Promise<PulledModel> {
  const { folder, uri } = request;
  const name = requireStoredName(uri);
  const there = findStoredFile(uri, folder);
  if (there !== undefined) {
    const found = await verify([there], request, options).catch(asUserError);
    if (!(found instanceof UserError)) return { path: there, fetched: false, ...found };
    options.onNote(`${there} is not what it should be (${found.message}): fetching it again`);
  }
  makeFolder(partsFolder(folder));
  const { paths, sha256 } = await fetchFiles(request, name, options);
  const expected = { ...request, sha256: request.sha256 ?? sha256 };
  const facts = await verify(paths, expected, options).catch((error: unknown) => {
    if (error instanceof UserError) for (const path of paths) rmSync(path, { force: true });
    throw error;
  });
  const [first] = paths.map((path) => moveInto(folder, path)) as [string];
  return { path: first, fetched: true, ...facts };
}

function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

async function fetchFiles(
  request: PullRequest,
  name: string,
  options: PullOptions,
): Promise<DownloadedFiles> {
  const { uri, folder, sizeBytes } = request;
  const { signal, patienceMs, onProgress } = options;
  const outcome = await download(
    {
      uri,
      folder: partsFolder(folder),
      fileName: name,
      ...(sizeBytes !== undefined && { expectedBytes: sizeBytes }),
    },
    {
      signal,
      patienceMs,
      onProgress: (progress) => onProgress({ step: "fetching", ...progress }),
    },
  ).catch((error: unknown) => {
    throw signal.aborted ? interruption(keptBytes(partsOf(name, folder))) : error;
  });
  if (outcome.type === "done") return outcome.files;
  throw failureOf(outcome.failure, request, name);
}

function failureOf(
  failure: DownloadFailure,
  { uri, folder }: PullRequest,
  name: string,
): UserError {
  if (failure.kind === "disk-full") {
    // ipull notes a chunk as there before it is written.
    for (const { path } of partsOf(name, folder)) rmSync(path, { force: true });
  }
  return downloadError(failure, { uri, folder, keptBytes: keptBytes(partsOf(name, folder)) });
}

function partsOf(name: string, folder: string): Part[] {
  return listParts(folder).filter((part) => sameModel(part.name, name));
}

function keptBytes(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.keptBytes, 0);
}

/** @throws UserError where the files are not the model that is expected */
async function verify(
  paths: readonly string[],
  { uri, sizeBytes, sha256 }: PullRequest,
  { signal, onProgress }: PullOptions,
): Promise<Pick<PulledModel, "sizeBytes" | "checked">> {
  await requireWholeModel(paths);
  const actualBytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const [first, ...others] = paths;
  if (first === undefined || others.length > 0) return { sizeBytes: actualBytes, checked: false };
  if (sizeBytes !== undefined && sizeBytes !== actualBytes) {
    throw downloadError(
      { kind: "other-size", expectedBytes: sizeBytes, actualBytes },
      { uri, folder: "", keptBytes: 0 },
    );
  }
  if (sha256 === undefined) return { sizeBytes: actualBytes, checked: false };
  const actual = await fileSha256(first, {
    signal,
    onProgress: (doneBytes) => onProgress({ step: "checking", doneBytes, totalBytes: actualBytes }),
  });
  if (actual !== sha256) throw wrongSum(uri, sha256, actual);
  return { sizeBytes: actualBytes, checked: true };
}

/** @throws UserError for what is no GGUF file, or is shorter than its header says */
async function requireWholeModel([first]: readonly string[]): Promise<void> {
  if (first === undefined) return;
  try {
    await readModelFile(first);
  } catch (error) {
    // An embedding model, say: of no use here, but what was asked for.
    if (error instanceof UserError && error.code === "not-generative") return;
    if (!(error instanceof UserError) || error.code !== "draft-heads") throw error;
    readHeadsFile(first);
  }
}

function wrongSum(uri: string, expected: string, actual: string): UserError {
  return environmentError(
    "wrong-checksum",
    `${uri} has the SHA-256 ${actual} where ${expected} is expected`,
    "The file was removed. Run the same command again; if it says the same, the file at its source is another one.",
  );
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = "Choose another folder with --models-dir or SPECDEC_MODELS.";
    throw environmentError("models-folder", `cannot write to ${folder}: ${reason}`, hint);
  }
}

function moveInto(folder: string, path: string): string {
  const target = join(folder, basename(path));
  renameSync(path, target);
  return target;
}
