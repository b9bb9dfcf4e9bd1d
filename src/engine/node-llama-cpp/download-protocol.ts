/** One model to fetch. */
export interface DownloadRequest {
  /** `hf:user/model:quantisation`, `hf:user/model/file.gguf` or an http(s) address. */
  readonly uri: string;
  /** Where it goes; exists. */
  readonly folder: string;
  /** Its name there; of a model in several files the first one's. */
  readonly fileName: string;
  /** Size that the file must have, where it is known. */
  readonly expectedBytes?: number;
}

/** Why a download did not end well, as plain data that crosses a process boundary. */
export type DownloadFailure =
  | { readonly kind: "unreachable"; readonly host: string; readonly reason: string }
  | { readonly kind: "refused"; readonly host: string; readonly status: number }
  | { readonly kind: "size-untold" }
  | { readonly kind: "no-room"; readonly neededBytes: number; readonly freeBytes: number }
  | { readonly kind: "disk-full" }
  | { readonly kind: "other-size"; readonly expectedBytes: number; readonly actualBytes: number }
  | { readonly kind: "failed"; readonly reason: string };

/** How far a download is. */
export interface DownloadProgress {
  /** What an earlier download left behind is in it. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What is on disk after a download. */
export interface DownloadedFiles {
  /** Paths, the first file of a model in several first. */
  readonly paths: readonly string[];
  /** SHA-256 that the server names for a model in one file, hex. */
  readonly sha256?: string;
}

/** From the parent to the downloader process. */
export type DownloaderRequest =
  | { readonly type: "download"; readonly request: DownloadRequest }
  | { readonly type: "cancel" };

/** From the downloader process to its parent. */
export type DownloaderMessage =
  | { readonly type: "progress"; readonly progress: DownloadProgress }
  | { readonly type: "done"; readonly files: DownloadedFiles }
  | { readonly type: "failed"; readonly failure: DownloadFailure };
