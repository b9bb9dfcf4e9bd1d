import type { LookedUp, RankedPosition } from "../../engine/pair.ts";
import type { DraftBounds, Recording, ReplayedDraft } from "./recording.ts";

/** The chain that a draft model makes (`DraftModelDrafter`), as far as it may. */
export function modelChain(recording: Recording, bounds: DraftBounds): ReplayedDraft {
  const { positions, tokens, ends } = recording;
  const { from, maxLength, pMin } = bounds;
  const ended = new Set(ends);
  let [size, accepted, path] = [0, 0, 1];
  /** Where the chain left the text. */
  let wrong: RankedPosition | undefined;
  let below = 0;
  let dropped = false;
  while (size < maxLength) {
    const position = wrong ?? positions[from + size];
    const q = wrong === undefined ? position?.q[0] : wrong.after[below++];
    // Behind a wrong token the record ends where the model's own text does.
    if (position === undefined || q === undefined) break;
    path *= q;
    dropped = path < pMin;
    if (dropped) break;
    size++;
    if (wrong !== undefined) continue;
    const token = position.ids[0] as number;
    if (token === tokens[from + size - 1]) accepted++;
    else wrong = position;
    if (ended.has(token)) break;
  }
  // What was drafted last needs no evaluation, unless one more was looked at.
  const evaluated = dropped ? size : Math.max(0, size - 1);
  return { size, accepted, held: Math.min(accepted, evaluated), steps: evaluated, levels: [] };
}

/** The chain that prompt lookup makes (`NgramDrafter`), as far as it may. */
export function lookedUpChain(recording: Recording, bounds: DraftBounds): ReplayedDraft {
  const { from, maxLength, pMin } = bounds;
  const { ids, q }: LookedUp = recording.lookUps[from] ?? { ids: [], q: [] };
  let [size, accepted, path] = [0, 0, 1];
  while (size < Math.min(maxLength, ids.length)) {
    path *= q[size] as number;
    if (path < pMin) break;
    if (accepted === size && ids[size] === recording.tokens[from + size]) accepted++;
    size++;
  }
  return { size, accepted, held: 0, steps: 0, levels: [] };
}
