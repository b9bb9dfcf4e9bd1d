import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { UserError } from "../../src/errors.ts";
import { smallModel, type WrittenGguf, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

/** Writes a file: text, bytes, or a GGUF file to make. @returns its path */
export function writeTo(
  folder: string,
  name: string,
  content: string | Uint8Array | WrittenGguf,
): string {
  const path = join(folder, name);
  const isRaw = typeof content === "string" || content instanceof Uint8Array;
  writeFileSync(path, isRaw ? content : writeGguf(content).bytes);
  return path;
}

/** The small model with other metadata beside its own. */
export function smallWith(
  metadata: WrittenGguf["metadata"],
  tensors = smallModel.tensors as WrittenGguf["tensors"],
): WrittenGguf {
  return { metadata: { ...smallModel.metadata, ...metadata }, ...(tensors && { tensors }) };
}

/** What `action` refuses a file with: exit 3, one line, and a hint. */
export async function refusal(action: () => unknown): Promise<UserError> {
  let error: UserError | undefined;
  try {
    await action();
  } catch (thrown) {
    error = thrown as UserError;
  }
  if (error === undefined) expect.fail("it was accepted");
  expect(error).toMatchObject({ name: "UserError", exitCode: 3 });
  expect(error.message).not.toMatch(/\n/);
  expect(error.hint).toMatch(/^\S.+/);
  return error;
}
