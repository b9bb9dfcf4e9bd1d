import type { DownloadFailure } from "./download-protocol.ts";

/** Requests that may fail before a server has answered at all; after that patience decides. */
const firstAttempts = 3;
/** Answers that no second request will better. */
const finalStatuses: ReadonlySet<number> = new Set([404, 410]);
/** How long a server may take to name a checksum, in ms. */
const sumMs = 10_000;

/** What is known of the requests so far. */
export interface WatchedFetch {
  /** What the last request failed of; undefined where it did not. */
  lastFailure(): DownloadFailure | undefined;
  /** SHA-256 that the server names for the file asked for first, hex. */
  linkedSha256(): Promise<string | undefined>;
}

/** What `watchFetch` needs. */
export interface WatchOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Called when going on is of no use. */
  readonly onGiveUp: (failure: DownloadFailure) => void;
}

/**
 * Watches the requests of a downloader that gives no account of them. ipull 3.9.5, which
 * node-llama-cpp downloads with, tries an unreachable server 150 times in 12 minutes, and begins
 * with a GET of the whole file whose body it never reads.
 *
 * @returns a `fetch` to give to it, and what was seen
 */
export function watchFetch(
  options: WatchOptions,
): WatchedFetch & { readonly fetch: typeof globalThis.fetch } {
  const { fetch: request, onGiveUp } = options;
  let last: DownloadFailure | undefined;
  let failures = 0;
  let answered = false;
  let sha256: Promise<string | undefined> | undefined;

  const failed = (failure: DownloadFailure): void => {
    last = failure;
    failures++;
    const final = failure.kind === "refused" && finalStatuses.has(failure.status);
    if (final || (!answered && failures >= firstAttempts)) onGiveUp(failure);
  };
  const watched: typeof globalThis.fetch = async (input, init) => {
    const { host, href } = new URL(input instanceof Request ? input.url : input);
    const response = await request(input, init).catch((error: unknown) => {
      if (!isAbort(error)) failed({ kind: "unreachable", host, reason: reasonOf(error) });
      throw error;
    });
    if (!response.ok) {
      failed({ kind: "refused", host, status: response.status });
      return response;
    }
    last = undefined;
    answered = true;
    if (isProbe(init)) {
      sha256 ??= linkedSha256(request, href, init);
      await response.body?.cancel();
    }
    return response;
  };
  return {
    fetch: watched,
    lastFailure: () => last,
    linkedSha256: async () => sha256,
  };
}

/** The request by which ipull learns a file's size: only the answer's head counts. */
function isProbe(init: RequestInit | undefined): boolean {
  const headers = new Headers(init?.headers);
  return headers.get("accept-encoding") === "identity" && !headers.has("range");
}

/**
 * Hugging Face names the SHA-256 of a large file in the answer that redirects to it (as
 * huggingface_hub reads it, file_download.py: HUGGINGFACE_HEADER_X_LINKED_ETAG).
 */
async function linkedSha256(
  request: typeof globalThis.fetch,
  url: string,
  init: RequestInit | undefined,
): Promise<string | undefined> {
  try {
    const { headers } = await request(url, {
      method: "HEAD",
      redirect: "manual",
      headers: new Headers(init?.headers),
      signal: AbortSignal.timeout(sumMs),
    });
    return /^"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "")?.[1];
  } catch {
    // A checksum more is welcome, not needed.
    return undefined;
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "there is no way to it",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
};

/** What a failed `fetch` failed of: it hides that in its cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  return reasons[code] ?? (cause instanceof Error ? cause.message || code : String(cause));
}
