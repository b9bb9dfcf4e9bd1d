import { defineConfig } from "vitest/config";

const second = 1000;

/** Suites that start processes or load models: one file at a time, after the quick ones. */
function heavy(name: string, groupOrder: number, timeout: number) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeout,
      hookTimeout: timeout,
      fileParallelism: false,
      maxWorkers: 1,
      sequence: { groupOrder },
    },
  };
}

/** Suites without processes. Their limits only end tests that hang: a busy machine is many times slower. */
function quick(name: string, timeout: number) {
  return { test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], testTimeout: timeout } };
}

export default defineConfig({
  test: {
    projects: [
      quick("unit", 120 * second),
      quick("property", 240 * second),
      quick("ui", 60 * second),
      heavy("cli", 1, 60 * second),
      heavy("package", 2, 600 * second),
      heavy("model", 3, 600 * second),
      heavy("e2e", 4, 300 * second),
    ],
  },
});
