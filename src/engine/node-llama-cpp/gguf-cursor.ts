import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { environmentError } from "../../errors.ts";

const windowBytes = 1 << 20;
/** More than any header of a model: the largest vocabularies take some 30 MB. */
const maxHeaderBytes = 512 * 2 ** 20;
/** More than any text of a model: chat templates take some 20 kB, and a SentencePiece table 1 MB. */
const maxTextBytes = 16 * 2 ** 20;

/**
 * Reads a file from its start and never beyond its end. It holds a window of the file, so that memory
 * does not grow with what the header claims, and hashes what it has passed.
 */
export class GgufCursor {
  readonly path: string;
  readonly fileBytes: number;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #window = Buffer.alloc(0);
  /** Valid bytes in the window. */
  #filled = 0;
  /** Place of the cursor in the window. */
  #at = 0;
  /** Place of the window in the file. */
  #start = 0;

  /** @param file a descriptor, which stays the caller's to close */
  constructor(path: string, file: number, fileBytes: number) {
    this.path = path;
    this.#file = file;
    this.fileBytes = fileBytes;
  }

  get offset(): number {
    return this.#start + this.#at;
  }

  /** The next bytes, as many as there are up to `bytes`; the cursor stays. */
  peek(bytes: number): Buffer {
    const length = Math.min(bytes, this.fileBytes - this.offset);
    this.#need(length);
    return Buffer.from(this.#window.subarray(this.#at, this.#at + length));
  }

  take<T>(bytes: number, read: (buffer: Buffer, at: number) => T): T {
    this.#need(bytes);
    const value = read(this.#window, this.#at);
    this.#at += bytes;
    return value;
  }

  skip(bytes: number): void {
    this.#checkEnd(bytes);
    for (let left = bytes; left > 0; ) {
      this.#need(Math.min(left, windowBytes));
      const step = Math.min(left, this.#filled - this.#at);
      this.#at += step;
      left -= step;
    }
  }

  uint32(): number {
    return this.take(4, (buffer, at) => buffer.readUInt32LE(at));
  }

  uint64(): number {
    // Two halves: a BigInt for each of 300,000 string lengths would take half the time.
    return this.take(
      8,
      (buffer, at) => buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * 0x1_0000_0000,
    );
  }

  /**
   * @param what names the text in a message, for example "a metadata key"
   * @param maxBytes a longer one is refused
   */
  text(what: string, maxBytes = maxTextBytes): string {
    const bytes = this.uint64();
    this.#checkEnd(bytes);
    if (bytes > maxBytes) throw this.corrupt(`has ${what} of ${bytes} bytes`);
    return this.take(bytes, (buffer, at) => buffer.toString("utf8", at, at + bytes));
  }

  /** A count of things that each take `itemBytes` or more, so that a wrong one cannot fill the memory. */
  count(count: number, itemBytes = 1): number {
    this.#checkEnd(count * itemBytes);
    return count;
  }

  /** Hex, of all that the cursor has passed. Ends the reading. */
  sha256(): string {
    return this.#hash.update(this.#window.subarray(0, this.#at)).digest("hex");
  }

  corrupt(what: string): Error {
    const hint = "Download it again.";
    return environmentError("model-corrupt", `${this.path} ${what}: it is damaged`, hint);
  }

  #truncated(): Error {
    const message = `${this.path} ends within its header (${this.fileBytes} bytes are there)`;
    return environmentError("model-truncated", message, "Download it again: it is not complete.");
  }

  #checkEnd(bytes: number): void {
    const end = this.offset + bytes;
    if (end > this.fileBytes) throw this.#truncated();
    if (end > maxHeaderBytes) throw this.corrupt("has a header of more than 512 MB");
  }

  /** Has the next bytes in the window. */
  #need(bytes: number): void {
    if (this.#at + bytes <= this.#filled) return;
    this.#checkEnd(bytes);
    this.#moveWindow(bytes);
    const wanted = Math.min(this.#window.length, this.fileBytes - this.#start);
    while (this.#filled < wanted) {
      const room = wanted - this.#filled;
      const place = this.#start + this.#filled;
      const read = readSync(this.#file, this.#window, this.#filled, room, place);
      // Someone cut the file meanwhile.
      if (read === 0) throw this.#truncated();
      this.#filled += read;
    }
  }

  /** Starts the window at the cursor, with room for `bytes`. */
  #moveWindow(bytes: number): void {
    this.#hash.update(this.#window.subarray(0, this.#at));
    const rest = this.#window.subarray(this.#at, this.#filled);
    const size = Math.max(bytes, Math.min(windowBytes, this.fileBytes));
    if (size > this.#window.length) {
      const larger = Buffer.allocUnsafe(size);
      rest.copy(larger);
      this.#window = larger;
    } else {
      this.#window.copyWithin(0, this.#at, this.#filled);
    }
    this.#filled -= this.#at;
    this.#start += this.#at;
    this.#at = 0;
  }
}
