/** A field of a GGUF header. */
export interface Span {
  readonly kind: "count" | "length" | "type" | "scalar" | "name" | "size" | "offset" | "items";
  readonly start: number;
  readonly end: number;
}

/** One metadata entry or one tensor, from its first byte on. */
export interface Entry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Where everything lies in a sound GGUF header. */
export interface HeaderMap {
  readonly spans: readonly Span[];
  readonly entries: readonly Entry[];
  readonly tensors: readonly Entry[];
  readonly end: number;
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const [textType, listType] = [8, 9];

/** Finds the fields of a header that is known to be sound. */
export function mapHeader(bytes: Buffer): HeaderMap {
  const spans: Span[] = [];
  let at = 4;
  const field = (kind: Span["kind"], size: number): number => {
    spans.push({ kind, start: at, end: at + size });
    at += size;
    return size === 4
      ? bytes.readUInt32LE(at - 4)
      : size === 8
        ? Number(bytes.readBigUInt64LE(at - 8))
        : 0;
  };
  const text = (): string => {
    const length = field("length", 8);
    field("name", length);
    return bytes.toString("utf8", at - length, at);
  };
  const items = (type: number, count: number): void => {
    const start = at;
    for (let i = 0; i < count; i++) {
      at +=
        type === textType ? 8 + Number(bytes.readBigUInt64LE(at)) : (scalarBytes[type] as number);
    }
    spans.push({ kind: "items", start, end: at });
  };
  const value = (): void => {
    const type = field("type", 4);
    if (type === textType) text();
    else if (type === listType) items(field("type", 4), field("length", 8));
    else field("scalar", scalarBytes[type] as number);
  };
  const tensor = (): void => {
    const dimensions = field("count", 4);
    for (let i = 0; i < dimensions; i++) field("size", 8);
    field("type", 4);
    field("offset", 8);
  };
  const entry = (rest: () => void): Entry => {
    const start = at;
    const key = text();
    rest();
    return { key, start, end: at };
  };
  field("type", 4);
  const [tensorCount, keyCount] = [field("count", 8), field("count", 8)];
  const entries = Array.from({ length: keyCount }, () => entry(value));
  const tensors = Array.from({ length: tensorCount }, () => entry(tensor));
  return { spans, entries, tensors, end: at };
}
