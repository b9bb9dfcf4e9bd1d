import { statfs } from "node:fs/promises";
import { createModelDownloader, type ModelDownloader } from "node-llama-cpp";
import type {
  DownloaderMessage,
  DownloaderRequest,
  DownloadFailure,
  DownloadRequest,
} from "./download-protocol.ts";
import { reasonOf, watchFetch } from "./watched-fetch.ts";

/** Least time between two messages of progress. */
const progressMs = 100;

let downloader: ModelDownloader | undefined;
let failed = false;

const watch = watchFetch({ fetch: globalThis.fetch, onGiveUp: fail });
globalThis.fetch = watch.fetch;

// The parent decides what Ctrl-C means; the terminal sends it to both.
process.on("SIGINT", () => {});
process.on("disconnect", () => void stop());
// ipull drops the promises of its writes and of all streams but one.
process.on("unhandledRejection", (error) => fail(failureOf(error)));
process.on("message", (message) => {
  const wanted = message as DownloaderRequest;
  if (wanted.type === "cancel") cancel();
  else download(wanted.request).catch((error) => fail(failureOf(error)));
});

async function download(request: DownloadRequest): Promise<void> {
  const { uri, folder, fileName } = request;
  let sentAt = Number.NEGATIVE_INFINITY;
  downloader = await createModelDownloader({
    modelUri: uri,
    dirPath: folder,
    fileName,
    deleteTempFileOnCancel: false,
    onProgress: ({ downloadedSize, totalSize }) => {
      const now = performance.now();
      if (now - sentAt < progressMs) return;
      sentAt = now;
      progress(downloadedSize, totalSize);
    },
  });
  const { totalSize, downloadedSize } = downloader;
  const obstacle = await obstacleTo(request, totalSize, downloadedSize);
  if (obstacle !== undefined) return fail(obstacle);
  progress(downloadedSize, totalSize);
  await downloader.download();
  if (failed) return;
  const paths = downloader.filesInfo.map(({ filePath }) => filePath);
  const sha256 = paths.length === 1 ? await watch.linkedSha256() : undefined;
  send({ type: "done", files: { paths, ...(sha256 !== undefined && { sha256 }) } }, () =>
    process.exit(0),
  );
}

/** What is better known before gigabytes are fetched. */
async function obstacleTo(
  { folder, expectedBytes }: DownloadRequest,
  totalBytes: number,
  doneBytes: number,
): Promise<DownloadFailure | undefined> {
  // ipull counts wrongly then and cuts the end of the file off.
  if (totalBytes === 0) return { kind: "size-untold" };
  if (expectedBytes !== undefined && expectedBytes !== totalBytes) {
    return { kind: "other-size", expectedBytes, actualBytes: totalBytes };
  }
  const { bavail, bsize } = await statfs(folder);
  const neededBytes = totalBytes - doneBytes;
  const freeBytes = bavail * bsize;
  return freeBytes < neededBytes ? { kind: "no-room", neededBytes, freeBytes } : undefined;
}

function progress(doneBytes: number, totalBytes: number): void {
  send({ type: "progress", progress: { doneBytes, totalBytes } });
}

function failureOf(error: unknown): DownloadFailure {
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOSPC") return { kind: "disk-full" };
  return watch.lastFailure() ?? { kind: "failed", reason: reasonOf(error) };
}

function fail(failure: DownloadFailure): void {
  if (failed) return;
  failed = true;
  send({ type: "failed", failure }, () => void stop());
}

/** Says what the last try failed of, where it did: the reason why nothing came. */
function cancel(): void {
  const failure = watch.lastFailure();
  if (failure === undefined) void stop();
  else fail(failure);
}

/** Leaves the part on disk as it should be, and takes ipull's pending retries along. */
async function stop(): Promise<void> {
  await downloader?.cancel({ deleteTempFile: false });
  process.exit(0);
}

function send(message: DownloaderMessage, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, sent);
  else sent();
}
