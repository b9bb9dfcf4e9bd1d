import { fileURLToPath } from "node:url";
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { expect, onTestFinished, test } from "vitest";
import { waitFor } from "../support/wait-for.ts";

const program = fileURLToPath(new URL("../support/show-chat-program.ts", import.meta.url));

/** Runs the program in a shell on a pseudo-terminal, and looks at what it leaves behind. */
async function run(end: (pty: ReturnType<typeof spawn>) => void): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  // Where CI is set Ink would draw nothing.
  const env = { ...process.env, CI: "true" };
  const command = `"${process.execPath}" --import tsx "${program}"; echo "exit $?"; stty -a`;
  const pty = spawn("sh", ["-c", command], { name: "xterm-256color", cols: 80, rows: 24, env });
  onTestFinished(() => terminal.dispose());
  let output = "";
  let exited = false;
  pty.onData((data) => {
    output += data;
    terminal.write(data);
  });
  pty.onExit(() => {
    exited = true;
  });
  await waitFor("the chat", () => output.includes("Enter sends") || undefined);
  end(pty);
  await waitFor("the shell's end", () => exited || undefined);
  await new Promise<void>((resolve) => terminal.write("", resolve));

  const cursorShown = output.lastIndexOf("\u001b[?25h") > output.lastIndexOf("\u001b[?25l");
  expect(cursorShown, "the cursor is shown").toBe(true);
  const pastesOff = output.lastIndexOf("\u001b[?2004l") > output.lastIndexOf("\u001b[?2004h");
  expect(pastesOff, "no marks around pastes").toBe(true);
  for (const mode of ["isig", "icanon", "echo", "opost"]) {
    expect(output).toMatch(new RegExp(`(?<!-)\\b${mode}\\b`));
  }
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, i) =>
    (active.getLine(i)?.translateToString(true) ?? "").trimEnd(),
  );
  expect(lines.slice(0, 3)).toEqual(["", "› Will it be tidy?", "It will."]);
  return lines.slice(
    3,
    lines.findIndex((line) => line.startsWith("speed ")),
  );
}

test("by close", async () => {
  expect(await run((pty) => pty.write("\u001b"))).toEqual(["finished", "exit 0"]);
});

test("by process.exit", async () => {
  expect(await run((pty) => pty.write("\u0003"))).toEqual(["exit 7"]);
});

test("by an exception", async () => {
  const left = await run((pty) => pty.write("\r"));
  expect(left).toContain("Error: thrown on purpose");
  expect(left.at(-1)).toBe("exit 1");
  expect(left.join("\n")).not.toContain("Enter sends");
});

test("by a view that cannot be drawn", async () => {
  const left = await run((pty) => pty.write("\t"));
  expect(left[0]).toMatch(/^failed: TypeError/);
  expect(left.at(-1)).toBe("exit 0");
});

test.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])("by %s", async (signal, code) => {
  const left = await run((pty) => pty.write(signal));
  expect(left.at(-1)).toBe(`exit ${code}`);
  expect(left.join("\n")).not.toContain("Enter sends");
});
