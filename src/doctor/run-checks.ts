import { UserError } from "../errors.ts";
import type { Check, Fact, Problem } from "./finding.ts";

/** How a check ended; a note is no failure. */
export type CheckStatus = "ok" | "note" | "failed";

/** A check that has run. */
export interface CheckResult {
  readonly name: string;
  readonly status: CheckStatus;
  readonly facts: readonly Fact[];
  readonly failures: readonly Problem[];
  readonly notes: readonly Problem[];
}

/**
 * Runs the checks one after the other. None stops those after it, whatever happens in it.
 *
 * @param onStart called before each
 * @throws the signal's reason when it is aborted
 */
export async function* runChecks(
  checks: readonly Check[],
  signal: AbortSignal,
  onStart: (check: Check) => void = () => {},
): AsyncGenerator<CheckResult> {
  for (const check of checks) {
    signal.throwIfAborted();
    onStart(check);
    yield await runCheck(check, signal);
  }
}

async function runCheck({ name, run }: Check, signal: AbortSignal): Promise<CheckResult> {
  try {
    const { facts, failures = [], notes = [] } = await run(signal);
    const status = failures.length > 0 ? "failed" : notes.length > 0 ? "note" : "ok";
    return { name, status, facts, failures, notes };
  } catch (error) {
    signal.throwIfAborted();
    return { name, status: "failed", facts: [], failures: [problemOf(error)], notes: [] };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof UserError) {
    const { message, hint, details } = error;
    return { message, ...(hint !== undefined && { hint }), details };
  }
  const { stack = "", message } = error instanceof Error ? error : new Error(String(error));
  return {
    message,
    hint: "This is a bug in specdec. Please report it with all that is printed here.",
    details: stack.split("\n").slice(1, 6),
  };
}
