import type { NewItem } from "./actions.ts";
import type { Answer } from "./conversation.ts";
import { eventsOf } from "./event-log.ts";
import { type Committed, emptyLive, finishLive, pushSpans } from "./live.ts";
import { spansOf } from "./provenance.ts";
import type { Drawing } from "./row-split.ts";
import type { Provenance } from "./view.ts";

/** A part of an answer for the transcript. */
export function answerItem(provenance: Provenance): (committed: Committed) => NewItem {
  return ({ spans, startsLine }) => ({ type: "answer", spans, provenance, startsLine });
}

/** A whole answer for the transcript. */
export function answerItems({ events }: Answer, drawing: Drawing): NewItem[] {
  const { live, committed } = pushSpans(emptyLive, spansOf(eventsOf(events)), drawing);
  const parts = [...committed, ...finishLive(live, drawing)];
  return parts.map(answerItem(drawing.provenance));
}
