import type { Detokenizer } from "../decoding/text.ts";

/** Streams tokens whose bytes are known: a character comes with its last byte. */
export class ByteDetokenizer implements Detokenizer {
  readonly #bytesOf: (token: number) => Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** @param bytesOf the bytes of a token; empty for one that has no text */
  constructor(bytesOf: (token: number) => Uint8Array) {
    this.#bytesOf = bytesOf;
  }

  push(token: number): string {
    return this.#decoder.decode(this.#bytesOf(token), { stream: true });
  }

  flush(): string {
    return this.#decoder.decode();
  }
}
