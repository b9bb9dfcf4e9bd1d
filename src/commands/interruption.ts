import { exitCodes, UserError } from "../errors.ts";

/**
 * Runs `work` with a signal that Ctrl-C aborts. A second Ctrl-C ends the program at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(interrupted());
  };
  process.on("SIGINT", onInterrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

/** What ends a command after Ctrl-C. */
export function interrupted(hint?: string): UserError {
  return new UserError({
    code: "interrupted",
    message: "interrupted",
    ...(hint !== undefined && { hint }),
    exitCode: exitCodes.interrupted,
  });
}
