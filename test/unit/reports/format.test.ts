import { expect, test } from "vitest";
import { formatBytes } from "../../../src/reports/format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [4_310_000, "4.3 MB"],
  [1_117_000_000, "1.1 GB"],
  [3e16, "30000.0 TB"],
])("%d bytes read as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
