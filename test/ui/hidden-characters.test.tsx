import { render } from "ink-testing-library";
import { expect, test } from "vitest";
import { Rows } from "../../src/ui/Rows.tsx";
import { row } from "../../src/ui/row.ts";

test("a control character that was forgotten does not reach the terminal", () => {
  const rows = [row("a\u001b]0;title\u0007b\u202ec"), row("d\u009b2Je", "dim")];
  const { lastFrame, unmount } = render(<Rows rows={rows} />);
  expect(lastFrame()).toBe("a]0;titlebc\nd2Je");
  unmount();
});
