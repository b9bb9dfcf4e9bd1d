import type { StatusView } from "../chat/view.ts";
import { marks } from "./theme.ts";

/**
 * The last passes, one character each, as high as what was accepted of the longest draft among them:
 * the lowest mark is a draft that was rejected whole.
 *
 * @param length how many passes at most
 */
export function acceptanceStrip(passes: StatusView["passes"], length: number): string {
  const shown = passes.slice(-length);
  const longest = Math.max(1, ...shown.map(({ drafted }) => drafted));
  const highest = marks.heights.length - 1;
  return shown
    .map(({ accepted, drafted }) => {
      if (drafted === 0) return marks.undrafted;
      return marks.heights[Math.ceil((Math.min(accepted, longest) / longest) * highest)];
    })
    .join("");
}
