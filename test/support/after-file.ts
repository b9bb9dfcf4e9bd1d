import { afterAll } from "vitest";

const cleanups: (() => void)[] = [];

// Programs that measure use this folder too, without Vitest.
if (process.env.VITEST !== undefined) {
  afterAll(() => {
    for (const clean of cleanups.reverse()) clean();
  });
}

/**
 * Cleans up when the test file ends. Vitest cannot tell which of several concurrent tests asks, so its
 * own `onTestFinished` would run when another test finishes.
 */
export function afterFile(clean: () => void): void {
  cleanups.push(clean);
}
