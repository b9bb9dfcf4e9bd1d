import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** What is told while a file is read. */
export interface SumOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes read so far. */
  readonly onProgress: (doneBytes: number) => void;
}

const blockBytes = 1 << 20;

/**
 * SHA-256 of a file, hex.
 *
 * @throws the signal's reason when it is aborted
 */
export async function fileSha256(
  path: string,
  { signal, onProgress }: SumOptions,
): Promise<string> {
  const hash = createHash("sha256");
  let doneBytes = 0;
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: blockBytes }),
      async (blocks: AsyncIterable<Buffer>) => {
        for await (const block of blocks) {
          hash.update(block);
          doneBytes += block.length;
          onProgress(doneBytes);
        }
      },
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return hash.digest("hex");
}
