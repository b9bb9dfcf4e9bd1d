/**
 * How often `bench --check-distribution` finds planted faults, and raises false alarms, with fake
 * models: `npx tsx perf/distribution-power.ts [EXACT-RUNS] [FAULT-RUNS] [SETTING]`. It needs no
 * models, and prints the same on every machine.
 */
import { positionAlarms, secondTokenAlarms } from "../src/bench/distribution-warnings.ts";
import type { BenchSettings } from "../src/bench/report.ts";
import { checkWith, faults } from "../test/unit/bench/support/planted-checks.ts";

const [exactRuns = "200", faultRuns = "50", only] = process.argv.slice(2);

const settings: Readonly<Record<string, Partial<BenchSettings>>> = {
  "chain of 4": { draftLengths: [4] },
  "chain of 1": { draftLengths: [1] },
  "tree of 6": { draftLengths: [3], topKs: [3], treeSizes: [6] },
};

console.log(
  "| setting | fault | places | accepted / expected | detects | second tokens | places of drafts |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [name, setting] of Object.entries(settings)) {
  if (only !== undefined && name !== only) continue;
  for (const fault of Object.keys(faults) as (keyof typeof faults)[]) {
    console.log(await row(name, fault, setting));
  }
}

async function row(
  name: string,
  fault: keyof typeof faults,
  setting: Partial<BenchSettings>,
): Promise<string> {
  const runs = Number(fault === "none" ? exactRuns : faultRuns);
  const found = { secondTokens: 0, positions: 0 };
  const sums = { places: 0, ratio: 0, detects: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const { pValue, positions } = await checkWith(fault, { ...setting, seed });
    if (positions === undefined) throw new Error("nothing was drafted");
    // Two checks of second tokens share their alarms: the cell's and the control.
    found.secondTokens += Number(pValue < secondTokenAlarms / 2);
    found.positions += Number(positions.pValue < positionAlarms);
    sums.places += positions.places;
    sums.ratio += positions.acceptance.accepted / positions.acceptance.expected;
    sums.detects += positions.acceptance.detects ?? Number.NaN;
  }
  const share = (count: number) => `${((count / runs) * 100).toFixed(1)} %`;
  const mean = (sum: number, digits: number) => (sum / runs).toFixed(digits);
  const figures = [
    mean(sums.places, 0),
    mean(sums.ratio, 3),
    `×${mean(sums.detects, 2)}`,
    share(found.secondTokens),
    share(found.positions),
  ];
  return `| ${[name, fault, ...figures].join(" | ")} |`;
}
