/**
 * A picture of a chat's real screen, for the README:
 *
 *     npx tsx scripts/capture-chat.ts docs/chat.svg 'QUESTION' [flags of specdec chat]
 *
 * It asks once, with full provenance and the details open, and draws what the terminal then shows.
 */
import { writeFileSync } from "node:fs";
import { TestTerminal } from "../test/support/terminal.ts";
import { terminalSvg } from "./terminal-svg.ts";

const [file = "chat.svg", question = "", ...flags] = process.argv.slice(2);
const [columns, rows] = [92, 30];
const quoted = flags.map((flag) => `'${flag}'`).join(" ");

const terminal = new TestTerminal({ columns, rows, env: { COLORTERM: "truecolor" } });
try {
  terminal.enter(
    `clear; specdec chat --provenance full ${quoted}`.replace("specdec", '"$NODE" "$SPECDEC"'),
  );
  await terminal.until(/\/help/);
  terminal.type(`${question}\r`);
  await terminal.until(/\d+ tokens;/);
  terminal.type("\u0014");
  await terminal.until(/verify/);
  const { buffer } = terminal;
  const title = `A chat with specdec: ${question}`;
  writeFileSync(file, terminalSvg(buffer, { title, top: buffer.baseY, rows, columns }));
} finally {
  terminal.close();
}
