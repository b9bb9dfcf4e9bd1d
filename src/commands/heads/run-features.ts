import { setImmediate as turn } from "node:timers/promises";
import { seededRandom, shuffled } from "../../decoding/random.ts";
import { nameBadModel } from "../../engine/logits-failure.ts";
import type { OpenModel } from "../../engine/port.ts";
import { startEngine } from "../../engine/start-engine.ts";
import { vocabularyHash } from "../../engine/vocabulary-hash.ts";
import { environmentError, fileReasons } from "../../errors.ts";
import { type Document, type Passage, passagesOf } from "../../features/plan.ts";
import { type RecordedTarget, recordOwnText, recordText } from "../../features/record.ts";
import { makeFolder, Recording } from "../../features/recording.ts";
import { type TextFile, textFiles } from "../../features/text-files.ts";
import { interruptible } from "../interruption.ts";
import { engineOptions, modelDefaults } from "../model-options.ts";
import { parseNumber } from "../numbers.ts";
import { printPath } from "../output.ts";
import { StatusLine } from "../status-line.ts";
import type { FeaturesFlags } from "./features.ts";

/** The flags as numbers. */
interface Settings {
  readonly tokens: number;
  readonly ownShare: number;
  readonly ownLength: number;
  readonly ownTemperature: number;
  readonly branches: number;
  readonly length: number;
  readonly heldOutShare: number;
  readonly seed: number;
}

/** Text is tokenized until there is so many times as much of it as is recorded. */
const enoughText = 3;

/** A beginning is as long as this share of a passage at least, and at most as twice of it. */
const shortestBeginning = 0.15;

/**
 * Records what a model says along texts, and along what it writes behind their beginnings.
 *
 * @throws UserError for a flag out of its range, a folder without text, a model without hidden states
 */
export async function runFeatures(flags: FeaturesFlags): Promise<void> {
  const settings = settingsOf(flags);
  const files = shuffled(textFiles(flags.text), seededRandom(settings.seed));
  // A folder that cannot be written fails before anything is loaded.
  writing(flags.out, () => makeFolder(flags.out));
  await interruptible(async (signal) => {
    const options = engineOptions({ ...modelDefaults(), ...flags });
    const pair = { ...options, target: flags.target, maxBranches: settings.branches };
    const { engine } = await startEngine(pair);
    const model = await engine.open({
      path: flags.target,
      contextSize: 0,
      hiddenStates: true,
      onProgress: () => !signal.aborted,
    });
    try {
      signal.throwIfAborted();
      const recorder = new Recorder(model, flags, settings, signal);
      const wanted = enoughText * settings.tokens;
      await recorder.record(await documentsOf(model, files, wanted));
    } finally {
      await model.close();
      await engine.close();
    }
  });
}

function settingsOf(flags: FeaturesFlags): Settings {
  const whole = (name: keyof FeaturesFlags & string, min: number, max: number) =>
    parseNumber(flags[name] as string, { name: `--${name}`, min, max, whole: true });
  const share = (name: keyof FeaturesFlags & string, max: number) =>
    parseNumber(flags[name] as string, { name: `--${name}`, min: 0, max });
  return {
    tokens: whole("tokens", 1, 1e9),
    ownShare: share("own-share", 1),
    ownLength: whole("own-length", 1, 4096),
    ownTemperature: share("own-temp", 10),
    branches: whole("branches", 1, 32),
    length: whole("length", 32, 4096),
    heldOutShare: share("held-out", 0.5),
    seed: whole("seed", 0, 0xffffffff),
  };
}

async function documentsOf(
  { vocabulary }: OpenModel,
  files: readonly TextFile[],
  wanted: number,
): Promise<Document[]> {
  const documents: Document[] = [];
  let count = 0;
  for (const { name, text } of files) {
    if (count >= wanted) break;
    const tokens = await vocabulary.tokenize(text);
    documents.push({ name, tokens: tokens.slice(bosOf(vocabulary).length) });
    count += tokens.length;
  }
  return documents;
}

function bosOf({ addsBos, specials }: OpenModel["vocabulary"]): number[] {
  return addsBos && specials.bos !== undefined ? [specials.bos] : [];
}

/** Fills a recording: first with the model's own text, then with the text as it is. */
class Recorder {
  readonly #model: OpenModel;
  readonly #target: RecordedTarget;
  readonly #flags: FeaturesFlags;
  readonly #settings: Settings;
  readonly #signal: AbortSignal;
  readonly #random: () => number;
  readonly #status = new StatusLine();
  readonly #start = performance.now();

  constructor(model: OpenModel, flags: FeaturesFlags, settings: Settings, signal: AbortSignal) {
    this.#model = model;
    this.#flags = flags;
    this.#settings = settings;
    this.#signal = signal;
    this.#random = seededRandom(settings.seed);
    this.#target = {
      sequence: model.sequence,
      width: model.info.embeddingWidth,
      isEog: (token) => model.vocabulary.isEog(token),
    };
  }

  async record(documents: readonly Document[]): Promise<void> {
    const { info, vocabulary, sequence } = this.#model;
    const { tokens, ownShare, length, heldOutShare } = this.#settings;
    const passages = passagesOf(documents, {
      length: Math.min(length, sequence.capacity),
      heldOutShare,
      prefix: bosOf(vocabulary),
      random: this.#random,
    });
    if (passages.length === 0) {
      throw environmentError("too-little-text", `${this.#flags.text} holds too little text`);
    }
    const head = {
      width: info.embeddingWidth,
      target: {
        path: this.#flags.target,
        name: info.name,
        architecture: info.architecture,
        vocabularySize: vocabulary.size,
        vocabularySha256: vocabularyHash(vocabulary),
        headerSha256: info.headerSha256,
      },
    };
    const recording = this.#writing(() => new Recording(this.#flags.out, head));
    try {
      await this.#recordOwn(recording, passages, tokens * ownShare);
      await this.#recordTexts(recording, passages, tokens);
      this.#writing(() => recording.finish());
    } catch (error) {
      throw nameBadModel(error, { target: info.file, drafting: [] });
    } finally {
      recording.close();
    }
    const seconds = (performance.now() - this.#start) / 1000;
    const rate = Math.round(recording.rows / seconds);
    this.#status.print(`${recording.rows} places in ${Math.round(seconds)} s, ${rate} a second`);
    printPath(this.#flags.out);
  }

  async #recordOwn(recording: Recording, passages: readonly Passage[], wanted: number) {
    const { sequence } = this.#model;
    const { ownLength, branches: most, ownTemperature: temperature } = this.#settings;
    for (let at = 0; recording.rows < wanted; at++) {
      const passage = passages[at % passages.length] as Passage;
      const share = shortestBeginning * (1 + this.#random());
      const beginning = await this.#beginning(passage.tokens, share);
      const room = sequence.capacity - beginning.length;
      const branches = Math.min(most, sequence.maxBranches, Math.floor(room / ownLength));
      if (branches < 1) {
        const message = `a context of ${sequence.capacity} tokens has no room for ${ownLength} behind a beginning`;
        throw environmentError("context-too-small", message, "Ask for fewer with --own-length.");
      }
      const plan = { branches, length: ownLength, temperature, random: this.#random };
      for (const rows of await recordOwnText(this.#target, beginning, plan)) {
        this.#writing(() => recording.add(rows, "own", passage.heldOut));
      }
      await this.#goOn(recording);
    }
  }

  async #recordTexts(recording: Recording, passages: readonly Passage[], wanted: number) {
    for (const { tokens, heldOut } of passages) {
      if (recording.rows >= wanted) return;
      const rows = await recordText(this.#target, tokens);
      this.#writing(() => recording.add(rows, "text", heldOut));
      await this.#goOn(recording);
    }
    if (recording.rows < wanted) {
      this.#status.print(`note: the text ends after ${recording.rows} places`);
    }
  }

  async #beginning(tokens: readonly number[], share: number): Promise<readonly number[]> {
    const { vocabulary } = this.#model;
    const beginning = tokens.slice(0, Math.max(2, Math.round(tokens.length * share)));
    if (!this.#flags.chat) return beginning;
    const content = beginning.map((token) => vocabulary.piece(token)).join("");
    return vocabulary.tokenizeChat([{ role: "user", content }]);
  }

  #writing<T>(action: () => T): T {
    return writing(this.#flags.out, action);
  }

  async #goOn(recording: Recording): Promise<void> {
    this.#status.show(`recorded ${recording.rows} of ${this.#settings.tokens} places`);
    await turn();
    this.#signal.throwIfAborted();
  }
}

/** @throws UserError where the system does not let a recording be written */
function writing<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === "EEXIST" ? "it is no folder" : (fileReasons[code] ?? message);
    throw environmentError(
      "recording-unwritable",
      `cannot write the recording ${folder}: ${reason}`,
      "Name another folder with --out, in one that is there.",
    );
  }
}
