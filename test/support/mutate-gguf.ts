import { type Random, seededRandom } from "../../src/decoding/random.ts";
import { type Entry, type HeaderMap, mapHeader, type Span } from "./gguf-spans.ts";

/** A model file with a damaged header. */
export interface Mutant {
  /** What was done to it. */
  readonly what: string;
  readonly bytes: Buffer;
}

interface Source {
  readonly bytes: Buffer;
  readonly map: HeaderMap;
  readonly random: Random;
}

const alignment = 32;
/** Numbers at which lengths, counts and hyperparameters go wrong. */
const odd64 = [
  0n,
  1n,
  2n,
  3n,
  255n,
  2n ** 16n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 60n,
  2n ** 63n,
  2n ** 64n - 1n,
];
/** 0, 1, -1, the largest signed, NaN, infinity, 1e30 as a float, and what is hardly anything. */
const odd32 = [
  0, 1, 2, 3, 7, 0xffff_ffff, 0x7fff_ffff, 0x7fc0_0000, 0x7f80_0000, 0x7149_f2ca, 0x8000_0000,
];

const operations: Readonly<Record<string, (source: Source) => Buffer>> = {
  "a bit of a field": (source) => {
    const { start, end } = pick(fields(source), source);
    const at = start + below(end - start, source);
    return changed(source, (copy) => {
      copy[at] = (copy[at] as number) ^ (1 << below(8, source));
    });
  },
  "a bit anywhere": (source) => {
    const at = below(source.map.end, source);
    return changed(source, (copy) => {
      copy[at] = (copy[at] as number) ^ (1 << below(8, source));
    });
  },
  "a length or a count": (source) => overwrite(source, ["length", "count"]),
  "a type": (source) => {
    const { start } = pick(fields(source, ["type"]), source);
    return changed(source, (copy) =>
      copy.writeUInt32LE(below(20, source) === 0 ? 99 : below(44, source), start),
    );
  },
  "a value": (source) => overwrite(source, ["scalar"]),
  "a tensor's size or place": (source) => overwrite(source, ["size", "offset"]),
  "a name": (source) => {
    const { start, end } = pick(fields(source, ["name"]), source);
    return changed(source, (copy) => {
      if (end > start) copy[start + below(end - start, source)] = below(256, source);
    });
  },
  "a dropped key": (source) => rebuilt(source, { keys: (all) => without(all, pick(all, source)) }),
  "a doubled key": (source) => rebuilt(source, { keys: (all) => [...all, pick(all, source)] }),
  "two keys' names exchanged": (source) => {
    const [a, b] = [pick(source.map.entries, source), pick(source.map.entries, source)];
    return rebuilt(source, {
      keys: (all) => all,
      names: new Map([
        [a, b],
        [b, a],
      ]),
    });
  },
  "a dropped tensor": (source) =>
    rebuilt(source, { tensors: (all) => without(all, pick(all, source)) }),
  "tensors in another order": (source) =>
    rebuilt(source, { tensors: (all) => [...all].sort(() => source.random() - 0.5) }),
  "items of a list": (source) => {
    const { start, end } = pick(fields(source, ["items"]), source);
    const at = start + below(end - start, source);
    return changed(source, (copy) => {
      for (let i = at; i < Math.min(end, at + 16); i++) copy[i] = below(256, source);
    });
  },
  "its end": ({ bytes, map, random }) =>
    bytes.subarray(0, Math.floor(random() * (random() < 0.7 ? map.end : bytes.length))),
};

/**
 * The mutant of a number: the same for the same file and number. Every kind of damage comes in turn.
 *
 * @param original a sound GGUF file
 */
export function mutantOf(original: Buffer, number: number): Mutant {
  const source = { bytes: original, map: mapHeader(original), random: seededRandom(number) };
  const names = Object.keys(operations);
  const what = names[number % names.length] as string;
  return {
    what: `mutant ${number}: ${what}`,
    bytes: (operations[what] as (s: Source) => Buffer)(source),
  };
}

function fields({ map }: Source, kinds?: readonly Span["kind"][]): Span[] {
  return map.spans.filter(
    ({ kind, start, end }) => end > start && (kinds?.includes(kind) ?? kind !== "items"),
  );
}

function overwrite(source: Source, kinds: readonly Span["kind"][]): Buffer {
  const { start, end } = pick(fields(source, kinds), source);
  return changed(source, (copy) => {
    if (end - start === 8) copy.writeBigUInt64LE(pick(odd64, source), start);
    else if (end - start === 4) copy.writeUInt32LE(pick(odd32, source), start);
    else copy[start] = below(256, source);
  });
}

function changed({ bytes }: Source, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

interface Changes {
  readonly keys?: (all: readonly Entry[]) => readonly Entry[];
  /** Entries by the one that they take the name of. */
  readonly names?: ReadonlyMap<Entry, Entry>;
  readonly tensors?: (all: readonly Entry[]) => readonly Entry[];
}

/** The file with other entries; every tensor keeps its data, wherever that comes to lie. */
function rebuilt({ bytes, map }: Source, { keys, names, tensors }: Changes): Buffer {
  const entries = keys?.(map.entries) ?? map.entries;
  const infos = tensors?.(map.tensors) ?? map.tensors;
  const start = Buffer.from(bytes.subarray(0, 24));
  start.writeBigUInt64LE(BigInt(infos.length), 8);
  start.writeBigUInt64LE(BigInt(entries.length), 16);
  const named = entries.map((entry) => {
    const { start: from } = names?.get(entry) ?? entry;
    const rest = entry.start + nameBytes(bytes, entry);
    const name = bytes.subarray(from, from + nameBytes(bytes, names?.get(entry) ?? entry));
    return Buffer.concat([name, bytes.subarray(rest, entry.end)]);
  });
  const data: Buffer[] = [];
  let place = 0;
  const moved = infos.map((info) => {
    const copy = Buffer.from(bytes.subarray(info.start, info.end));
    copy.writeBigUInt64LE(BigInt(place), copy.length - 8);
    const [from, to] = dataOf(bytes, map, info);
    data.push(bytes.subarray(from, to));
    place += to - from;
    return copy;
  });
  const header = Buffer.concat([start, ...named, ...moved]);
  const padding = Buffer.alloc(padded(header.length) - header.length);
  return Buffer.concat([header, padding, ...data]);
}

/** Bytes of an entry's name and its length. */
function nameBytes(bytes: Buffer, { start }: Entry): number {
  return 8 + Number(bytes.readBigUInt64LE(start));
}

/** From a tensor's first byte to that of the next one. */
function dataOf(bytes: Buffer, map: HeaderMap, tensor: Entry): [number, number] {
  const next = map.tensors[map.tensors.indexOf(tensor) + 1];
  const first = padded(map.end);
  const placeOf = ({ end }: Entry) => first + Number(bytes.readBigUInt64LE(end - 8));
  return [placeOf(tensor), next === undefined ? padded(bytes.length) : placeOf(next)];
}

function without(entries: readonly Entry[], dropped: Entry): readonly Entry[] {
  return entries.filter((each) => each !== dropped);
}

function padded(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

function below(limit: number, { random }: Source): number {
  return Math.floor(random() * limit);
}

function pick<T>(items: readonly T[], source: Source): T {
  return items[below(items.length, source)] as T;
}
