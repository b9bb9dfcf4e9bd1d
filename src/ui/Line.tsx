import { Text } from "ink";
import { memo, useContext } from "react";
import type { Row } from "./row.ts";
import { ThemeContext } from "./theme-context.ts";

/**
 * What an empty row is drawn with. Ink gives no height to an empty text, cuts blanks at a row's end,
 * and takes a transcript of nothing but an empty row for none: a blank with a style is kept.
 */
const blank = "\u001b[2m \u001b[22m";

/**
 * What no row has, since whoever makes it cleans its text. Should something be forgotten, it does not
 * reach the terminal; it was measured as nothing, so the row stays as wide as it is.
 */
const never = /[\p{Cc}\p{Bidi_Control}]/gu;

/** One row of the screen. It is measured before: nothing wraps here. */
export const Line = memo(function Line({ row }: { readonly row: Row }) {
  const { styles } = useContext(ThemeContext);
  if (row.length === 0) return <Text>{blank}</Text>;
  return (
    <Text wrap="truncate">
      {row.map(({ text, style }, index) =>
        style === "plain" ? (
          text.replace(never, "")
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row's segments have only their places.
          <Text key={index} {...styles[style]}>
            {text.replace(never, "")}
          </Text>
        ),
      )}
    </Text>
  );
}, sameRow);

function sameRow(before: { readonly row: Row }, after: { readonly row: Row }): boolean {
  if (before.row === after.row) return true;
  if (before.row.length !== after.row.length) return false;
  return before.row.every((segment, index) => {
    const other = after.row[index];
    return segment.text === other?.text && segment.style === other.style;
  });
}
