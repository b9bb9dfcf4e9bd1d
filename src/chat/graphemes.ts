const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Most graphemes are shorter; longer ones are looked at again in a larger window. */
const window = 32;

/** The edge of a grapheme before `at`, itself an edge; 0 at the begin of the text. */
export function previousEdge(text: string, at: number): number {
  let edge = 0;
  for (const start of startsBefore(text, at)) edge = start;
  return edge;
}

/** The edge of a grapheme behind `at`, itself an edge; the text's length at its end. */
export function nextEdge(text: string, at: number): number {
  for (let size = window; ; size *= 4) {
    const part = text.slice(at, at + size);
    const [first] = segmenter.segment(part);
    const length = first?.segment.length ?? 0;
    // A grapheme that fills the window may go on behind it.
    if (length < part.length || at + size >= text.length) return at + length;
  }
}

/** The first edge that is not before `at`: where a cursor goes when graphemes have grown together. */
export function edgeFrom(text: string, at: number): number {
  let edge = safeStart(text, at);
  while (edge < at) edge = nextEdge(text, edge);
  return edge;
}

/** Where the graphemes begin that lie shortly before `at`. */
function* startsBefore(text: string, at: number): Generator<number> {
  const start = safeStart(text, at);
  for (const { index } of segmenter.segment(text.slice(start, at))) yield start + index;
}

/**
 * A place before `at` at which a grapheme surely begins, found without reading the text from its
 * begin: some characters never go on with what stands before them.
 */
function safeStart(text: string, at: number): number {
  for (let i = at - 1; i > 0; i--) if (beginsGrapheme(text.charCodeAt(i))) return i;
  return 0;
}

/** ASCII, basic Cyrillic and Chinese characters. */
function beginsGrapheme(unit: number): boolean {
  if (unit < 0x7f) return true;
  return (unit >= 0x410 && unit <= 0x44f) || (unit >= 0x4e00 && unit <= 0x9fff);
}
