import { Static } from "ink";
import { memo, useMemo } from "react";
import type { Provenance, TranscriptItem } from "../chat/view.ts";
import { Rows } from "./Rows.tsx";
import type { Theme } from "./theme.ts";
import { transcriptRows } from "./transcript-rows.ts";

/** What a transcript is drawn from. */
export interface TranscriptProps {
  readonly items: readonly TranscriptItem[];
  /** How many of them stand above already. */
  readonly from: number;
  readonly width: number;
  readonly provenance: Provenance;
  readonly theme: Theme;
}

/** What is finished: drawn once, above the live part, and left to the terminal. */
export const Transcript = memo(function Transcript(props: TranscriptProps) {
  const { items, from, width, provenance, theme } = props;
  const fresh = useMemo(() => items.slice(from), [items, from]);
  return (
    <Static items={fresh}>
      {(item) => <Rows key={item.id} rows={transcriptRows(item, { width, provenance, theme })} />}
    </Static>
  );
});
