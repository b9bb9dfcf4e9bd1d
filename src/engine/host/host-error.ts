import { UserError, type UserErrorData } from "../../errors.ts";

/** An error on its way from a host to its parent. */
export type HostErrorData =
  | { readonly kind: "user"; readonly data: UserErrorData }
  | { readonly kind: "bug"; readonly message: string; readonly stack: string };

/** An error as data, in the host. */
export function describeError(error: unknown): HostErrorData {
  if (error instanceof UserError) return { kind: "user", data: error.toData() };
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  return { kind: "bug", message, stack };
}

/** The error again, in the parent. */
export function reviveError(error: HostErrorData): Error {
  if (error.kind === "user") return new UserError(error.data);
  const bug = new Error(error.message);
  bug.stack = error.stack;
  return bug;
}
