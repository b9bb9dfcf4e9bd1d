import { Box } from "ink";
import { Line } from "./Line.tsx";
import type { Row } from "./row.ts";

/** Rows one below the other. */
export function Rows({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place.
        <Line key={index} row={row} />
      ))}
    </Box>
  );
}
