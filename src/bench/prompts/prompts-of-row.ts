import type { ChatMessage } from "../../engine/port.ts";
import type { BenchPrompt } from "../report.ts";
import type { PromptRow } from "./read-rows.ts";

/**
 * A row as prompts, one for each turn: `81`, `81#2` and so on. A later turn's history has the user's
 * earlier turns, and no answers yet: `preparePrompts` adds them.
 */
export function promptsOfRow(row: PromptRow): BenchPrompt[] {
  const { id, category, turns, infill, raw, special, maxTokens } = row;
  const before = historyOf(row);
  return turns.map((prompt, i) => {
    const asked = turns.slice(0, i).map((content): ChatMessage => ({ role: "user", content }));
    const history = [...before, ...asked];
    return {
      id: turnId(id, i),
      category,
      prompt,
      ...(history.length > 0 && { history }),
      ...(i > 0 && { turn: i + 1 }),
      ...(raw !== undefined && { raw }),
      ...(special !== undefined && { special }),
      ...(infill !== undefined && { infill }),
      ...(maxTokens !== undefined && { maxTokens }),
    };
  });
}

/**
 * The id of a turn.
 *
 * @param turn from 0
 */
export function turnId(id: string, turn: number): string {
  return turn === 0 ? id : `${id}#${turn + 1}`;
}

function historyOf({ system, history = [] }: PromptRow): readonly ChatMessage[] {
  return system === undefined ? history : [{ role: "system", content: system }, ...history];
}
