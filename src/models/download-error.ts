import type { DownloadFailure } from "../engine/node-llama-cpp/download-protocol.ts";
import { environmentError, interrupted, type UserError } from "../errors.ts";

/** What a download that failed was about. */
export interface FailedDownload {
  readonly uri: string;
  readonly folder: string;
  /** What of it lies on disk for the next try. */
  readonly keptBytes: number;
}

/** Says why a download failed, and what the user can do. */
export function downloadError(failure: DownloadFailure, download: FailedDownload): UserError {
  const { uri, folder, keptBytes } = download;
  const kept = keptBytes === 0 ? "" : `: ${megabytes(keptBytes)} are kept`;
  const again = `run the same command again${kept}.`;
  switch (failure.kind) {
    case "unreachable":
      return environmentError(
        "host-unreachable",
        `cannot reach ${failure.host}: ${failure.reason}`,
        `See to the network, then ${again}`,
      );
    case "refused":
      return refusal(failure, uri, again);
    case "size-untold":
      return environmentError(
        "size-untold",
        `the server does not tell the size of ${uri}, and it cannot be fetched reliably`,
        "Fetch the file with another program, such as curl, and name it by its path.",
      );
    case "no-room":
      return environmentError(
        "no-room",
        `${folder} has no room for ${uri}: ${megabytes(failure.neededBytes)} are needed and ${megabytes(failure.freeBytes)} are free`,
        `Make room or choose another folder with --models-dir, then ${again}`,
      );
    case "disk-full":
      return environmentError(
        "disk-full",
        `the disk of ${folder} became full while ${uri} was fetched`,
        "What was fetched cannot be relied on and was removed. Make room, then run the same command again.",
      );
    case "other-size":
      return environmentError(
        "wrong-size",
        `${uri} has ${failure.actualBytes} bytes where ${failure.expectedBytes} are expected`,
        "The file was replaced at its source; specdec or the preset must learn of it.",
      );
    case "failed":
      return environmentError(
        "download-failed",
        `cannot fetch ${uri}: ${failure.reason}`,
        `To go on, ${again}`,
      );
  }
}

/** What ends a pull after Ctrl-C. */
export function interruption(keptBytes: number): UserError {
  if (keptBytes === 0) return interrupted();
  return interrupted(`Run the same command again to go on: ${megabytes(keptBytes)} are kept.`);
}

function refusal(
  { host, status }: Extract<DownloadFailure, { kind: "refused" }>,
  uri: string,
  again: string,
): UserError {
  if (status === 404 || status === 410) {
    const hint = "Check how it is written; the file may have been moved or renamed.";
    return environmentError("not-there", `${host} has no ${uri} (HTTP ${status})`, hint);
  }
  if (status === 401 || status === 403) {
    const hint = `It may not exist, or need an account: set HF_TOKEN to a token that may read it, then ${again}`;
    return environmentError(
      "not-allowed",
      `${host} does not give out ${uri} (HTTP ${status})`,
      hint,
    );
  }
  const hint = `Wait a while, then ${again}`;
  return environmentError("server-trouble", `${host} cannot serve ${uri} (HTTP ${status})`, hint);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
