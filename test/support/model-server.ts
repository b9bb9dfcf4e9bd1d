import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterFile } from "./after-file.ts";

/** A request for the file's content, and how much of it was answered. */
export interface ServedRequest {
  readonly range: readonly [first: number, end: number] | undefined;
  sentBytes: number;
}

/** How a server behaves from now on. */
export interface Behaviour {
  /** Answers with this instead of the file. */
  readonly status?: number;
  /** What happens once so many bytes of ranges are sent in all: nothing more, or a cut line. */
  readonly after?: { readonly bytes: number; readonly next: "silence" | "cut" };
  /** Knows no ranges. */
  readonly unranged?: boolean;
  /** Does not tell the length either. */
  readonly unsized?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server on the loopback interface that has one file, under every path. */
export interface ModelServer {
  readonly url: string;
  readonly requests: ServedRequest[];
  /** Bytes of ranges that were sent in all. */
  sentBytes(): number;
  behave(behaviour: Behaviour): void;
}

const blockBytes = 256 * 1024;

/** Starts a server that ends with the test. */
export async function serveModel(content: Buffer, first: Behaviour = {}): Promise<ModelServer> {
  let behaviour = first;
  const requests: ServedRequest[] = [];
  const sentBytes = (): number => requests.reduce((sum, { sentBytes: sent }) => sum + sent, 0);

  const server = createServer((request, response) => {
    const { status, after, headers = {}, unsized = false, unranged = unsized } = behaviour;
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    if (isSpent()) {
      if (after?.next === "cut") request.destroy();
      return;
    }
    const range = unranged ? undefined : rangeOf(request);
    const [start, end] = range ?? [0, content.length];
    response.writeHead(range === undefined ? 200 : 206, {
      ...headers,
      ...(!unranged && { "accept-ranges": "bytes" }),
      ...(!unsized && { "content-length": end - start }),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${content.length}` }),
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const served: ServedRequest = { range, sentBytes: 0 };
    requests.push(served);
    void send(response, content.subarray(start, end), served);
  });

  function isSpent(): boolean {
    return behaviour.after !== undefined && sentBytes() >= behaviour.after.bytes;
  }

  async function send(response: ServerResponse, part: Buffer, served: ServedRequest) {
    // What a probe leaves unread is no part of the download.
    const counts = served.range !== undefined;
    const closed = once(response, "close");
    for (let at = 0; at < part.length && !response.destroyed; at += blockBytes) {
      if (isSpent()) {
        if (behaviour.after?.next === "cut") response.destroy();
        return;
      }
      const block = part.subarray(at, at + blockBytes);
      if (counts) served.sentBytes += block.length;
      if (!response.write(block)) await Promise.race([drained(response), closed]);
    }
    response.end();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterFile(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sentBytes,
    behave: (next) => {
      behaviour = next;
    },
  };
}

function rangeOf({ headers }: IncomingMessage): [number, number] | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  return first === undefined ? undefined : [Number(first), Number(last) + 1];
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("drain", resolve));
}
