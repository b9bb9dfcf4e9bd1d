import { expect, test } from "vitest";
import { specdec } from "../support/cli.ts";

const nothingElse = { code: 0, signal: null, stderr: "" };

test("--help names the commands", async () => {
  const { stdout, ...rest } = await specdec(["--help"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec <command>

    Does speculative decoding pay on this machine, with this pair of models?

    Commands:
      specdec generate [prompt]  Answer one prompt and show how fast
      specdec bench              Compare speculative decoding with plain decoding

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]
    "
  `);
});

test("--version prints the version and nothing else", async () => {
  const { stdout, ...rest } = await specdec(["--version"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each(["-h", "help"])("%s is help too", async (word) => {
  expect(await specdec([word])).toEqual(await specdec(["--help"]));
});

test("generate --help shows every flag with its default, and examples", async () => {
  const { stdout, ...rest } = await specdec(["generate", "--help"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec generate [prompt]

    Answer one prompt and show how fast

    Positionals:
      prompt  The prompt; - reads it from stdin                                                 [string]

    Models:
          --target  GGUF file of the model whose output you want                     [string] [required]
          --draft   GGUF file of a smaller model with the same vocabulary                       [string]
          --ctx     Context in tokens; 0 for the model's own, at most 4096       [string] [default: "0"]

    Engine:
          --gpu         GPU backend; auto takes what is there, off runs on the CPU
                                   [choices: "auto", "off", "cuda", "vulkan", "metal"] [default: "auto"]
          --gpu-layers  Layers to put on the GPU: a number, or max             [string] [default: "max"]
          --threads     Threads to decode with; 0 for one a core that is good at maths
                                                                                 [string] [default: "0"]
          --no-mmap     Read the model file instead of mapping it into memory [boolean] [default: false]
          --flash-attn  Flash attention                 [choices: "auto", "on", "off"] [default: "auto"]
          --engine      auto, libllama (bound directly) or node-llama-cpp (its public API; slower)
                                                                              [string] [default: "auto"]

    Drafting:
          --draft-len  Tokens drafted for one pass; 0 decodes plainly [default: 4 with --draft, else 0]
                                                                                                [string]
          --top-k      Candidate filter: draft from the k likeliest tokens only; 0 for all
                                                                                [string] [default: "10"]

    Sampling:
          --temp           Temperature; 0 takes the likeliest token              [string] [default: "0"]
          --sampler-top-k  Sample from the k likeliest tokens; 0 for all        [string] [default: "40"]
          --top-p          Sample from the likeliest tokens that reach this probability together
                                                                              [string] [default: "0.95"]
          --min-p          Sample from tokens with at least this share of the likeliest one's
                           probability                                        [string] [default: "0.05"]
          --seed           Seed for sampling; the same seed repeats a run [default: a new one]  [string]

    Output:
          --max-tokens  Tokens to generate at most                             [string] [default: "256"]
          --stop        End the text before this one; give it again for several                  [array]
          --raw         Continue the prompt as it stands, without the model's chat template
                                                                              [boolean] [default: false]
          --json        Print every event as a line of JSON instead of the text
                                                                              [boolean] [default: false]

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec generate --target big.gguf --draft          Speculatively
      small.gguf 'Write a haiku'
      specdec generate --target big.gguf 'Write a haiku'  Plainly
      cat notes.txt | specdec generate --target big.gguf  Prompt from stdin
      -
    "
  `);
});

test("bench --help shows every flag with its default, and examples", async () => {
  const { stdout, ...rest } = await specdec(["bench", "--help"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec bench

    Compare speculative decoding with plain decoding

    Models:
          --target  GGUF file of the model whose output you want                     [string] [required]
          --draft   GGUF file of a smaller model with the same vocabulary                       [string]
          --ctx     Context in tokens; 0 for the model's own, at most 4096       [string] [default: "0"]

    Engine:
          --gpu         GPU backend; auto takes what is there, off runs on the CPU
                                   [choices: "auto", "off", "cuda", "vulkan", "metal"] [default: "auto"]
          --gpu-layers  Layers to put on the GPU: a number, or max             [string] [default: "max"]
          --threads     Threads to decode with; 0 for one a core that is good at maths
                                                                                 [string] [default: "0"]
          --no-mmap     Read the model file instead of mapping it into memory [boolean] [default: false]
          --flash-attn  Flash attention                 [choices: "auto", "on", "off"] [default: "auto"]
          --engine      auto, libllama (bound directly) or node-llama-cpp (its public API; slower)
                                                                              [string] [default: "auto"]

    Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):
          --draft-len  Axis: tokens drafted for one pass [default: 1,2,4 with --draft]          [string]
          --top-k      Axis: candidate filter, draft from the k likeliest tokens only; 0 for all
                                                                                [string] [default: "10"]
          --temp       Axis: temperature; 0 takes the likeliest token            [string] [default: "0"]

    Sampling:
          --sampler-top-k  Sample from the k likeliest tokens; 0 for all        [string] [default: "40"]
          --top-p          Sample from the likeliest tokens that reach this probability together
                                                                              [string] [default: "0.95"]
          --min-p          Sample from tokens with at least this share of the likeliest one's
                           probability                                        [string] [default: "0.05"]

    Runs:
          --seed        Seed for sampling and for the order of the runs          [string] [default: "1"]
          --prompts     Prompt files (JSON lines of id, category, prompt) or texts [default: a dozen]
                                                                                                 [array]
          --max-tokens  Tokens to generate at most for a prompt                 [string] [default: "96"]
          --reps        Repetitions of every prompt in every cell                [string] [default: "3"]
          --warmup      Short runs of every cell before the counted ones         [string] [default: "1"]
          --raw         Continue the prompts as they stand, without the model's chat template
                                                                              [boolean] [default: false]

    Report:
          --format  What to print on stdout [default: table]
                                                           [choices: "table", "json", "markdown", "csv"]
          --out     Write the report to a file too: .json, .md or .csv by its ending, else --format
                                                                                                [string]

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec bench --target big.gguf --draft small.gguf  Draft lengths 1, 2 and 4
      specdec bench --target big.gguf --draft small.gguf  A finer sweep, kept as JSON
      --draft-len 1-8 --reps 5 --out report.json
      specdec bench --target big.gguf --draft small.gguf  The candidate filter under sampling
      --temp 0.8 --top-k 1,10,40
      specdec bench --target big.gguf --draft small.gguf  Prompts of your own
      --prompts mine.jsonl 'Say hi'
    "
  `);
});

test("help and messages are in English whatever the system speaks", async () => {
  const env = { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", LANGUAGE: "de" };
  expect(await specdec(["--help"], { env })).toEqual(await specdec(["--help"]));
});
