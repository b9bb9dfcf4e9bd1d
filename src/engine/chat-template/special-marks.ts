import type { ChatMessage } from "../port.ts";
import { type Interval, placesOf, united } from "./intervals.ts";

/**
 * A message may spell a special token, and must not become one by that. Only the template knows where
 * it writes a message and what it changes in it, so the template itself is asked: a private-use
 * character goes into each spelling before it renders. Where the text without the marks is what the
 * template writes anyway, the marks show where the message's spellings are.
 *
 * A template that looks for a spelling in a message (an answer's `</think>`, for example) writes
 * something else when a mark hides it from the template. Such a spelling in an answer is the
 * template's own markup. In a message of the user or the system it is marked beside it instead, so
 * that the template still finds it.
 */
type Placement = "inside" | "before" | "after";

/** A special token's spelling in a message; several that overlap count as one. */
export interface Spelling extends Interval {
  /** Index of the message. */
  readonly message: number;
  readonly text: string;
}

/** A rendered text, and which of its characters are spellings out of messages. */
export interface MarkedText {
  readonly text: string;
  readonly plain: readonly Interval[];
}

/** Renders messages; undefined where the template refuses them. */
type Render = (messages: readonly ChatMessage[]) => Promise<string | undefined>;

/** Where messages spell one of `texts`. */
export function spellingsIn(
  messages: readonly ChatMessage[],
  texts: readonly string[],
): Spelling[] {
  return messages.flatMap(({ content }, message) => {
    const places = texts.flatMap((text) => placesOf(text, content));
    return united(places).map((place) => ({
      ...place,
      message,
      text: content.slice(place.start, place.end),
    }));
  });
}

/** A template that reads a special token in a message of the user or the system as its own. */
export class UnmarkableSpelling extends Error {
  readonly spelling: Spelling;

  constructor(spelling: Spelling) {
    super(`the template reads ${spelling.text} in a message as its own markup`);
    this.name = "UnmarkableSpelling";
    this.spelling = spelling;
  }
}

/** No private-use character is left to mark spellings with. */
export class NoFreeMark extends Error {}

/**
 * Finds the spellings of messages in what the template writes.
 *
 * @param options.written what the template writes without marks
 * @param options.avoid texts that the marks must not occur in, such as the template
 * @throws UnmarkableSpelling
 */
export async function findSpellings(options: {
  readonly messages: readonly ChatMessage[];
  readonly spellings: readonly Spelling[];
  readonly written: string;
  readonly avoid: readonly string[];
  readonly render: Render;
}): Promise<MarkedText> {
  const { messages, spellings } = options;
  const marker = new Marker(options);
  const hidden = await marker.place(spellings, "inside");
  const asked = hidden.filter(({ message }) => messages[message]?.role !== "assistant");
  const [left] = await marker.place(await marker.place(asked, "before"), "after");
  if (left !== undefined) throw new UnmarkableSpelling(left);
  return { text: options.written, plain: marker.plain() };
}

class Marker {
  readonly #messages: readonly ChatMessage[];
  readonly #written: string;
  readonly #render: Render;
  readonly #marks: Readonly<Record<Placement, string>>;
  #placed: ReadonlyMap<Spelling, Placement> = new Map();
  /** What the template writes with the marks placed so far. */
  #marked: string;

  constructor(options: {
    readonly messages: readonly ChatMessage[];
    readonly written: string;
    readonly avoid: readonly string[];
    readonly render: Render;
  }) {
    this.#messages = options.messages;
    this.#written = options.written;
    this.#marked = options.written;
    this.#render = options.render;
    const [inside, before, after] = unusedCharacters([options.written, ...options.avoid]);
    this.#marks = { inside, before, after };
  }

  /** Marks as many spellings as the template lets pass, and gives the others. */
  async place(spellings: readonly Spelling[], where: Placement): Promise<readonly Spelling[]> {
    if (spellings.length === 0) return [];
    const placed = new Map(this.#placed);
    for (const spelling of spellings) placed.set(spelling, where);
    const marked = await this.#render(this.#withMarks(placed));
    if (marked !== undefined && this.#withoutMarks(marked) === this.#written) {
      this.#placed = placed;
      this.#marked = marked;
      return [];
    }
    if (spellings.length === 1) return spellings;
    const half = Math.ceil(spellings.length / 2);
    const first = await this.place(spellings.slice(0, half), where);
    return [...first, ...(await this.place(spellings.slice(half), where))];
  }

  /** The characters of the written text that the marks stand for. */
  plain(): Interval[] {
    const longestFirst = [...new Set([...this.#placed.keys()].map(({ text }) => text))].sort(
      (a, b) => b.length - a.length,
    );
    const intervals: Interval[] = [];
    let at = 0;
    for (const character of this.#marked) {
      const place = this.#placementOf(character);
      if (place === undefined) at += character.length;
      else intervals.push(...spellingAt(this.#written, at, place, longestFirst));
    }
    return united(intervals);
  }

  #withMarks(placed: ReadonlyMap<Spelling, Placement>): ChatMessage[] {
    return this.#messages.map(({ role, content }, message) => {
      const own = [...placed].filter(([spelling]) => spelling.message === message);
      const marks = own.map(([spelling, where]) => ({ where, at: placeOf(spelling, where) }));
      let from = 0;
      const parts = marks
        .sort((a, b) => a.at - b.at)
        .map(({ where, at }) => {
          const part = content.slice(from, at);
          from = at;
          return part + this.#marks[where];
        });
      return { role, content: parts.join("") + content.slice(from) };
    });
  }

  #withoutMarks(text: string): string {
    return Object.values(this.#marks).reduce((rest, mark) => rest.replaceAll(mark, ""), text);
  }

  #placementOf(character: string): Placement | undefined {
    const { inside, before, after } = this.#marks;
    if (character === inside) return "inside";
    if (character === before) return "before";
    return character === after ? "after" : undefined;
  }
}

/** Where in its message a spelling's mark goes. */
function placeOf({ start, end, text }: Spelling, where: Placement): number {
  if (where === "before") return start;
  return where === "after" ? end : start + firstLength(text);
}

/** UTF-16 units of the first character. */
function firstLength(text: string): number {
  return (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
}

/** The longest spelling that a mark at this place can stand for. */
function spellingAt(
  written: string,
  at: number,
  where: Placement,
  longestFirst: readonly string[],
): Interval[] {
  const startOf = (text: string): number => {
    if (where === "before") return at;
    return where === "after" ? at - text.length : at - firstLength(text);
  };
  const found = longestFirst.find((text) => written.startsWith(text, startOf(text)));
  if (found === undefined) return [];
  return [{ start: startOf(found), end: startOf(found) + found.length }];
}

const firstPrivate = 0xe000;
const lastPrivate = 0xf8ff;

/** Three private-use characters that no text has. */
function unusedCharacters(texts: readonly string[]): [string, string, string] {
  const used = new Set(texts.flatMap((text) => text.match(/[\ue000-\uf8ff]/g) ?? []));
  const free: string[] = [];
  for (let code = firstPrivate; code <= lastPrivate && free.length < 3; code++) {
    const character = String.fromCharCode(code);
    if (!used.has(character)) free.push(character);
  }
  if (free.length < 3) throw new NoFreeMark("the text has all private-use characters");
  return free as [string, string, string];
}
