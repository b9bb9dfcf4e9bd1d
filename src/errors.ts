/** Exit codes of the program. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  environment: 3,
  regression: 4,
  interrupted: 130,
} as const;

/** What a `UserError` says, as plain data that can cross a process boundary. */
export interface UserErrorData {
  /** Stable name for scripts and tests, for example "model-missing". */
  readonly code: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do next. */
  readonly hint?: string;
  /** Further lines to show below, for example the end of a log. */
  readonly details?: readonly string[];
  /** What they are; "log" where left out. */
  readonly detailsAre?: string;
  readonly exitCode: 2 | 3 | 4 | 130;
}

/** Something that a user should know although the command goes on. */
export interface Remark {
  readonly level: "note" | "warning";
  /** One sentence: what is so. */
  readonly text: string;
  /** One sentence: what to do about it. */
  readonly hint?: string;
}

/** A mistake or a condition that the user can mend: printed as `error:` and `hint:`, no stack. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: readonly string[];
  readonly detailsAre: string;
  readonly exitCode: UserErrorData["exitCode"];

  constructor(data: UserErrorData, options?: ErrorOptions) {
    super(data.message, options);
    this.name = "UserError";
    this.code = data.code;
    this.hint = data.hint;
    this.details = data.details ?? [];
    this.detailsAre = data.detailsAre ?? "log";
    this.exitCode = data.exitCode;
  }

  toData(): UserErrorData {
    const { code, message, hint, details, detailsAre, exitCode } = this;
    return { code, message, ...(hint !== undefined && { hint }), details, detailsAre, exitCode };
  }
}

/** A wrong flag, value or argument: exit code 2. */
export function usageError(message: string, hint?: string): UserError {
  return new UserError({
    code: "usage",
    message,
    ...(hint !== undefined && { hint }),
    exitCode: exitCodes.usage,
  });
}

/** A model or machine that does not do what was asked: exit code 3. */
export function environmentError(code: string, message: string, hint?: string): UserError {
  return new UserError({
    code,
    message,
    ...(hint !== undefined && { hint }),
    exitCode: exitCodes.environment,
  });
}

/** Something got worse than it was: exit code 4. */
export function regressionError(
  message: string,
  findings: readonly string[],
  hint: string,
): UserError {
  return new UserError({
    code: "regression",
    message,
    hint,
    details: findings,
    detailsAre: "findings",
    exitCode: exitCodes.regression,
  });
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

/** In words what keeps a file from being read or written, by the system's code. */
export const fileReasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  ENAMETOOLONG: "the name is too long",
};
