/** Characters of a text from `start` up to, without, `end` (UTF-16 units). */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** Where a text is found in another, overlapping places included. */
export function placesOf(part: string, text: string): Interval[] {
  const places: Interval[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    places.push({ start: at, end: at + part.length });
  }
  return places;
}

/** The same characters in intervals that do not overlap, in order. */
export function united(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const each of [...intervals].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last === undefined || each.start >= last.end) result.push(each);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, each.end) };
  }
  return result;
}

export function overlap(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}
