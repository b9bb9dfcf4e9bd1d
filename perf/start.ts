import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";

/** How long the program takes to say something. */
export function measureStart(): void {
  const script = fileURLToPath(new URL("../bin/specdec.js", import.meta.url));
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, [script, "--help"]);
    if (status !== 0) throw new Error("specdec --help failed");
    return performance.now() - start;
  });
  show("Start", { "specdec --help": `${(median(times) / 1000).toFixed(2)} s, wanted ≤ 0.5 s` });
}
