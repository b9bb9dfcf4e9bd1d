import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeModel, modelAsJson } from "../../src/commands/models/describe-model.ts";
import { describePair } from "../../src/commands/models/describe-pair.ts";
import { checkFiles } from "../../src/commands/models/run-check.ts";
import { contextSizeFor } from "../../src/engine/context-size.ts";
import { UserError } from "../../src/errors.ts";
import { readModelFacts } from "../../src/models/model-facts.ts";
import { embedded } from "../support/models.ts";
import { mutantOf } from "../support/mutate-gguf.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Draft models with damaged headers, through all that reads them; a mutant is found again by its number. */
const count = Number(process.env.SPECDEC_MUTANTS ?? 300);
const numbers = Array.from({ length: count }, (_, i) => i);
const original = readFileSync(embedded.draft);
/** What one command may take; none needs a tenth of it. */
const patienceMs = 20_000;

function writeMutant(
  folder: string,
  number: number,
): { readonly what: string; readonly path: string } {
  const { what, bytes } = mutantOf(original, number);
  const path = join(folder, "mutant.gguf");
  writeFileSync(path, bytes);
  return { what, path };
}

/** @returns what an error says that a user could not have been meant to see; undefined for a good end */
async function bugIn(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) return String(error);
    const isPlain = error.exitCode === 3 && error.hint !== undefined && isLine(error.message);
    return isPlain ? undefined : error.message;
  }
}

/** One line that a terminal shows, and that a person reads. */
function isLine(message: string): boolean {
  return message.length < 600 && !/\p{Cc}/u.test(message);
}

test("models inspect and models check refuse or describe them", async () => {
  const folder = temporaryFolder();
  const bugs: string[] = [];
  for (const number of numbers) {
    const { what, path } = writeMutant(folder, number);
    const inspect = async () => {
      const facts = await readModelFacts(path);
      const context = contextSizeFor(facts.info, 0);
      return [describeModel(facts, context), JSON.stringify(modelAsJson(facts, context))];
    };
    const check = async () => describePair(await checkFiles(embedded.target, path));
    for (const action of [inspect, check]) {
      const bug = await bugIn(action);
      if (bug !== undefined) bugs.push(`${what}: ${bug}`);
    }
  }
  expect(bugs).toEqual([]);
});

test("loading and decoding refuse or run them, as a draft and as a target", async () => {
  const folder = temporaryFolder();
  const opener = new Opener();
  const bugs: string[] = [];
  let ran = 0;
  for (const number of numbers) {
    const { what, path } = writeMutant(folder, number);
    const isTarget = number % 2 === 1;
    const outcome = await opener.open(
      isTarget ? { target: path, draft: embedded.draft } : { target: embedded.target, draft: path },
    );
    if (outcome.kind === "ran") ran++;
    const message = outcome.message ?? outcome.data?.message ?? "";
    if (outcome.kind === "bug" || !isLine(message)) bugs.push(`${what}: ${message}`);
  }
  opener.close();
  expect(bugs).toEqual([]);
  // Much of what a header says has no effect: the mutants must not all be refused at its first bytes.
  expect(ran).toBeGreaterThan(count / 20);
});

interface Outcome {
  /** "crashed" is what a host's end is reported as: exit 3, with the file's name. */
  readonly kind: "ran" | "user" | "bug" | "crashed";
  readonly message?: string;
  readonly data?: { readonly message: string };
}

const script = fileURLToPath(new URL("../support/open-in-turn.ts", import.meta.url));

/** Opens pairs in a child process, and starts another one after a crash. */
class Opener {
  #child: ChildProcess | undefined;

  async open(pair: { readonly target: string; readonly draft: string }): Promise<Outcome> {
    const child = await this.#running();
    child.send(pair);
    const answered = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), answered.signal]);
    const message = once(child, "message", { signal }).then(([outcome]) => outcome as Outcome);
    const exit = once(child, "exit", { signal }).then((): Outcome => ({ kind: "crashed" }));
    try {
      return await Promise.race([message, exit]);
    } catch {
      this.close();
      return { kind: "bug", message: `no answer within ${patienceMs} ms` };
    } finally {
      // The one that has not come listens no longer.
      answered.abort();
      await Promise.allSettled([message, exit]);
      if (child.exitCode !== null || child.signalCode !== null) this.#child = undefined;
    }
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  async #running(): Promise<ChildProcess> {
    if (this.#child !== undefined) return this.#child;
    const execArgv = ["--import", "tsx"];
    this.#child = fork(script, { execArgv, stdio: ["ignore", "ignore", "ignore", "ipc"] });
    await once(this.#child, "message");
    return this.#child;
  }
}
