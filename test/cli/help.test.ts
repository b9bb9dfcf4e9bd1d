import { expect, test } from "vitest";
import { specdec } from "../support/cli.ts";

const nothingElse = { code: 0, signal: null, stderr: "" };

test("--help names the commands, with examples, exit codes, environment and files", async () => {
  const { stdout, ...rest } = await specdec(["--help"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec <command>

    Does speculative decoding pay on this machine, with this pair of models?

    Commands:
      specdec chat                      Talk to a pair, and see where every token came from
      specdec generate [prompt]         Answer one prompt and show how fast
      specdec bench                     Compare speculative decoding with plain decoding
      specdec compare <before> <after>  Compare two reports of bench, cell by cell
      specdec tune                      Find the fastest setting of a pair without running every one
      specdec doctor                    Check the installation, the machine and the engine
      specdec models                    List, fetch, inspect, check and remove models
      specdec heads                     Look at draft heads, and record what they are trained on
      specdec completion <shell>        Print a script that completes commands and options in a shell

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec bench                                       Measure the pair that comes with specdec
      specdec bench --target big.gguf --draft small.gguf  Measure a pair of your own
      specdec chat --preset smollm2                       Talk to a pair, and see where every token came
                                                          from
      specdec generate 'Write a haiku'                    Answer a prompt, and show how fast
      specdec doctor                                      See whether all is there, and what runs here

    Settings come from, the strongest first: flags, the environment, the preset, and
    specdec's defaults. --print-config shows every value and where it comes from.

    Exit codes:
      0    Done
      1    A bug in specdec
      2    Wrong usage
      3    A model or the machine does not do what was asked
      4    Worse than the baseline of bench --check
      130  Interrupted with Ctrl-C, or q in a bench

    Environment:
      SPECDEC_MODELS   Folder of fetched models [default: see Files]
      SPECDEC_DEBUG    1 copies the engine's whole log to stderr
      HF_TOKEN         Token for models that ask who fetches them
      NO_COLOR         Anything but nothing takes the colours away
      XDG_CONFIG_HOME  Folder of settings [default: ~/.config]
      XDG_CACHE_HOME   Folder of what can be fetched again [default: ~/.cache]
      XDG_STATE_HOME   Folder of what is remembered [default: ~/.local/state]

    Files:
      $XDG_CONFIG_HOME/specdec/presets/*.json  Presets of your own
      $XDG_CACHE_HOME/specdec/models/*.gguf    Fetched models
      $XDG_STATE_HOME/specdec/chat-history.jsonl  Messages of earlier chats; without
                                               it Up has none of them
      On macOS and Windows in the system's own folders; specdec doctor names them.

    See specdec <command> --help for the options of a command.
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

test("help COMMAND is COMMAND --help", async () => {
  expect(await specdec(["help", "bench"])).toEqual(await specdec(["bench", "--help"]));
});

test.each([
  [],
  ["generate"],
  ["bench"],
  ["tune"],
  ["doctor"],
  ["models"],
  ["heads"],
  ["completion"],
])("no line of help is wider than 100 columns: %s", async (...command) => {
  const { code, stdout } = await specdec([...command, "--help"]);
  expect(code).toBe(0);
  expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
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
          --preset             A pair with its settings, by name or file; other flags win over it
                                                        [string] [default: python-tiny without --target]
          --target             GGUF file of the model whose output you want                     [string]
          --draft              GGUF file of a smaller model with the same vocabulary            [string]
          --strict-vocabulary  Refuse a draft model that differs from the target in even one token
                                                                              [boolean] [default: false]
          --heads              GGUF file of draft heads, trained for the target                 [string]
          --ctx                Context in tokens; 0 for the model's own, at most 4096
                                                                                   [string] [default: 0]
          --models-dir         Folder of fetched models
                                                 [string] [default: SPECDEC_MODELS, else a cache folder]

    Engine:
          --gpu         GPU backend; auto takes what is there, off runs on the CPU
                                     [choices: "auto", "off", "cuda", "vulkan", "metal"] [default: auto]
          --gpu-layers  Layers to put on the GPU: a number, or max               [string] [default: max]
          --threads     Threads to decode with; 0 for one a core that is good at maths
                                                                                   [string] [default: 0]
          --no-mmap     Read the model file instead of mapping it into memory [boolean] [default: false]
          --flash-attn  Flash attention                   [choices: "auto", "on", "off"] [default: auto]
          --engine      auto, libllama (bound directly) or node-llama-cpp (its public API; slower)
                                                                                [string] [default: auto]

    Drafting:
          --drafter          What drafts: draft (the model), heads, ngram (prompt lookup) or none;
                             ngram,draft asks in turn
                        [string] [default: heads with --heads, else draft with a draft model, else none]
          --draft-len        Tokens drafted in a row for one pass; auto chooses before each; 0 decodes
                             plainly                        [string] [default: 4 with a drafter, else 0]
          --top-k            Candidate filter: draft from the k likeliest tokens only; 1 is a chain; 0
                             for all                     [string] [default: 1 at temperature 0, else 10]
          --tree-size        Tokens drafted in all for one pass, as a tree of candidates; 0 for a chain
                                                                    [string] [default: the draft length]
          --p-min            Stop a draft, or a branch, that the drafter finds less probable than this
                                                                                   [string] [default: 0]
          --accept           Acceptance rule: exact is lossless, typical takes any likely token and is
                             lossy                        [choices: "exact", "typical"] [default: exact]
          --typical-epsilon  Typical acceptance: a token at least this probable is always taken
                                                                                [string] [default: 0.09]
          --typical-delta    Typical acceptance: how the threshold falls as the target grows less sure
                                                                                 [string] [default: 0.3]
          --ngram-min        Drafter ngram: fewest last tokens that must have occurred before
                                                                                   [string] [default: 2]
          --ngram-max        Drafter ngram: most last tokens that are compared     [string] [default: 5]

    Sampling:
          --temp           Temperature; 0 takes the likeliest token                [string] [default: 0]
          --sampler-top-k  Sample from the k likeliest tokens; 0 for all          [string] [default: 40]
          --top-p          Sample from the likeliest tokens that reach this probability together
                                                                                [string] [default: 0.95]
          --min-p          Sample from tokens with at least this share of the likeliest one's
                           probability                                          [string] [default: 0.05]
          --seed           Seed for sampling; the same seed repeats a run  [string] [default: a new one]

    Output:
          --max-tokens    Tokens to generate at most                             [string] [default: 256]
          --stop          End the text before this one; give it again for several                [array]
          --raw           Continue the prompt as it stands, without the model's chat template
                                                                              [boolean] [default: false]
          --special       Read special tokens spelled in a raw prompt as those tokens, not as text;
                          needs --raw                                         [boolean] [default: false]
          --json          Print every event as a line of JSON instead of the text
                                                                              [boolean] [default: false]
          --print-config  Print every setting and where it comes from, and run nothing         [boolean]

    Chat template:
          --chat-template         File with a Jinja template, or one of llama.cpp's formats, such as
                                  chatml                             [string] [default: the model's own]
          --chat-template-kwargs  Variables for the template, as JSON: '{"enable_thinking": false}'
                                                                                                [string]
          --thinking              Have the template ask for reasoning or not: its variable
                                  enable_thinking [choices: "on", "off"] [default: the template decides]

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec generate 'def fibonacci(n):'                The demonstration pair that comes with specdec
      specdec generate --preset smollm2 'Write a haiku'   A pair by name
      specdec generate --target big.gguf --draft          Speculatively
      small.gguf 'Write a haiku'
      specdec generate --target big.gguf --heads          With draft heads
      heads.gguf 'Write a haiku'
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
          --preset             A pair with its settings, by name or file; other flags win over it
                                                        [string] [default: python-tiny without --target]
          --target             GGUF file of the model whose output you want                     [string]
          --draft              GGUF file of a smaller model with the same vocabulary            [string]
          --strict-vocabulary  Refuse a draft model that differs from the target in even one token
                                                                              [boolean] [default: false]
          --heads              Axis: GGUF files of draft heads, trained for the target           [array]
          --ctx                Context in tokens; 0 for the model's own, at most 4096
                                                                                   [string] [default: 0]
          --models-dir         Folder of fetched models
                                                 [string] [default: SPECDEC_MODELS, else a cache folder]

    Engine:
          --gpu         GPU backend; auto takes what is there, off runs on the CPU
                                     [choices: "auto", "off", "cuda", "vulkan", "metal"] [default: auto]
          --gpu-layers  Layers to put on the GPU: a number, or max               [string] [default: max]
          --threads     Threads to decode with; 0 for one a core that is good at maths
                                                                                   [string] [default: 0]
          --no-mmap     Read the model file instead of mapping it into memory [boolean] [default: false]
          --flash-attn  Flash attention                   [choices: "auto", "on", "off"] [default: auto]
          --engine      auto, libllama (bound directly) or node-llama-cpp (its public API; slower)
                                                                                [string] [default: auto]

    Sweep (1,2,4 or 1-8 or 1-9+2 or 1-16*2):
          --drafter    Axis, given several times: draft (the model), heads, ngram (lookup); ngram,draft
                       asks both     [array] [default: draft and heads, where they are given, else none]
          --draft-len  Axis: tokens drafted in a row for one pass; auto, as 1,2,auto, chooses before
                       each                                     [string] [default: 1,2,4 with a drafter]
          --top-k      Axis: candidate filter, draft from the k likeliest tokens only; 1 is a chain; 0
                       for all                           [string] [default: 1 at temperature 0, else 10]
          --tree-size  Axis: tokens drafted in all for one pass, as a tree of candidates; 0 for a chain
                                                                    [string] [default: the draft length]
          --p-min      Axis: stop a draft, or a branch, that the drafter finds less probable than this
                                                                                   [string] [default: 0]
          --temp       Axis: temperature; 0 takes the likeliest token              [string] [default: 0]

    Drafting:
          --accept           Acceptance rule: exact is lossless, typical takes any likely token and is
                             lossy                        [choices: "exact", "typical"] [default: exact]
          --typical-epsilon  Typical acceptance: a token at least this probable is always taken
                                                                                [string] [default: 0.09]
          --typical-delta    Typical acceptance: how the threshold falls as the target grows less sure
                                                                                 [string] [default: 0.3]
          --ngram-min        Drafter ngram: fewest last tokens that must have occurred before
                                                                                   [string] [default: 2]
          --ngram-max        Drafter ngram: most last tokens that are compared     [string] [default: 5]

    Sampling:
          --sampler-top-k  Sample from the k likeliest tokens; 0 for all          [string] [default: 40]
          --top-p          Sample from the likeliest tokens that reach this probability together
                                                                                [string] [default: 0.95]
          --min-p          Sample from tokens with at least this share of the likeliest one's
                           probability                                          [string] [default: 0.05]

    Runs:
          --seed                Seed for sampling and for the order of the runs    [string] [default: 1]
          --max-tokens          Tokens to generate at most for a prompt without a limit of its own
                                                                                  [string] [default: 96]
          --reps                Repetitions of every prompt in every cell          [string] [default: 3]
          --warmup              Short runs of every cell before the counted ones   [string] [default: 1]
          --until-ci            More repetitions until every speedup's interval is within this, as 3%
                                                                                 [string] [default: off]
          --time-budget         Begin no run after this time, as 90s, 10m or 1h, and keep what there is
                                                                                [string] [default: none]
          --aa                  Measure plain against plain too: what it seems to gain is noise
                                                                              [boolean] [default: false]
          --baseline-rows       Measure node-llama-cpp's own evaluate(), draft and lookup predictors too
                                                                              [boolean] [default: false]
          --check-distribution  Above temperature 0: draw second tokens and test them against plain's
                                                                              [boolean] [default: false]
          --check-texts         Texts that --check-distribution draws of each cell; more find smaller
                                differences                                      [string] [default: 500]
          --raw                 Continue the prompts as they stand, without the model's chat template
                                                                              [boolean] [default: false]
          --special             Read special tokens spelled in a raw prompt as those tokens, not as
                                text; needs --raw                             [boolean] [default: false]
          --no-confirm          After a sweep of more than three settings, do not measure the best one
                                again                                         [boolean] [default: false]
          --no-cost-model       Leave out timing batches before the first run, and what is predicted
                                from them                                     [boolean] [default: false]

    Prompts:
          --prompts         Files of prompts, - for stdin, names of suites (see below) or prompts
                            themselves                  [array] [default: default, a dozen of six kinds]
          --prompts-format  Format of the files, where their keys fit several
            [choices: "specdec", "infill", "spec-bench", "humaneval", "mbpp", "gsm8k", "math", "openai",
                                                "sharegpt", "alpaca"] [default: by the keys of each row]
          --prompts-limit   Take the first N; the turns of one conversation count as one
                                                                                 [string] [default: all]
          --prompts-sample  Take N at random by --seed, by category in proportion; counted as above
                                                                                 [string] [default: all]
          --skip-too-long   Leave prompts out that do not fit the context, and say which
                                                                              [boolean] [default: false]

    Output:
          --format        What to print on stdout
                      [choices: "table", "json", "markdown", "csv", "benchmark-action"] [default: table]
          --out           File to keep the report in: .json, .md or .csv by its ending; none for no file
                                                       [string] [default: a .json in bench-results/runs]
          --by-category   Speedups by category of prompts below the table; markdown and JSON have them
                          anyway                                                               [boolean]
          --github        In a job of GitHub Actions: add a summary to its page, and annotations
                                                                                               [boolean]
          --print-config  Print every setting and where it comes from, and run nothing         [boolean]

    Chat template:
          --chat-template         File with a Jinja template, or one of llama.cpp's formats, such as
                                  chatml                             [string] [default: the model's own]
          --chat-template-kwargs  Variables for the template, as JSON: '{"enable_thinking": false}'
                                                                                                [string]
          --thinking              Have the template ask for reasoning or not: its variable
                                  enable_thinking [choices: "on", "off"] [default: the template decides]

    Gate:
          --check            Baseline, a JSON report of the same bench; exit code 4 where this one is
                             worse                                                              [string]
          --max-regression   Share of the baseline's speedup that may be lost     [string] [default: 5%]
          --update-baseline  Write the baseline that --check names instead of reading it       [boolean]

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec bench                                       The demonstration pair that comes with specdec
      specdec bench --target big.gguf --draft small.gguf  Draft lengths 1, 2 and 4
      specdec bench --target big.gguf --draft small.gguf  A finer sweep, kept as JSON
      --draft-len 1-8 --reps 5 --out report.json
      specdec bench --target big.gguf --draft small.gguf  And a length that is chosen before every pass
      --draft-len 1,2,4,auto
      specdec bench --target big.gguf --draft small.gguf  A chain and a tree
      --top-k 1,3 --tree-size 8
      specdec bench --target big.gguf --draft small.gguf  And heads on the target's own state
      --heads parallel.gguf chained.gguf
      specdec bench --target big.gguf --drafter ngram     Prompt lookup, without a draft model
      --prompts rewriting
      specdec bench --preset smollm2 --prompts code       A suite, a file and a prompt of your own
      mine.jsonl 'Say hi'

    --prompts: a file is read, .txt as one prompt, any other as JSON lines or a JSON array of specdec's
    own rows (prompt and, if wanted, id, category, history, raw, special, max_tokens), Spec-Bench or
    MT-bench, HumanEval, MBPP, GSM8K, MATH, OpenAI messages, ShareGPT or Alpaca. Later turns follow the
    target's own answers without speculation at temperature 0. A row's max_tokens holds for it, unless
    --max-tokens is given and smaller. A suite is one of code, code-rewriting, default, fim, maths,
    multi-turn, python, question-answering, retrieval, rewriting, summarising, translation. Anything
    else is a prompt itself, but a single word close to a suite's name is refused.
    "
  `);
});

test("tune --help shows every flag with its default, and examples", async () => {
  const { stdout, ...rest } = await specdec(["tune", "--help"]);
  expect(rest).toEqual(nothingElse);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec tune

    Find the fastest setting of a pair without running every one

    Models:
          --preset             A pair with its settings, by name or file; other flags win over it
                                                        [string] [default: python-tiny without --target]
          --target             GGUF file of the model whose output you want                     [string]
          --draft              GGUF file of a smaller model with the same vocabulary            [string]
          --strict-vocabulary  Refuse a draft model that differs from the target in even one token
                                                                              [boolean] [default: false]
          --ctx                Context in tokens; 0 for the model's own, at most 4096
                                                                                   [string] [default: 0]
          --models-dir         Folder of fetched models
                                                 [string] [default: SPECDEC_MODELS, else a cache folder]

    Engine:
          --gpu         GPU backend; auto takes what is there, off runs on the CPU
                                     [choices: "auto", "off", "cuda", "vulkan", "metal"] [default: auto]
          --gpu-layers  Layers to put on the GPU: a number, or max               [string] [default: max]
          --threads     Threads to decode with; 0 for one a core that is good at maths
                                                                                   [string] [default: 0]
          --no-mmap     Read the model file instead of mapping it into memory [boolean] [default: false]
          --flash-attn  Flash attention                   [choices: "auto", "on", "off"] [default: auto]
          --engine      auto, libllama (bound directly) or node-llama-cpp (its public API; slower)
                                                                                [string] [default: auto]

    Settings to try (1,2,4 or 1-8 or 1-9+2 or 1-16*2):
          --drafter    Given several times: draft (the model), ngram (prompt lookup); ngram,draft asks
                       both
                          [array] [default: draft, ngram and ngram,draft with a draft model, else ngram]
          --draft-len  Tokens drafted in a row for one pass                      [string] [default: 1-8]
          --top-k      Candidates at each place; 1 is a chain, more are a tree [string] [default: 1,3,5]
          --tree-size  Tokens drafted in all for one pass, as a tree of candidates
                                                       [string] [default: the draft length, 4, 8 and 16]
          --p-min      Draft probability of a path below which it stops    [string] [default: 0-0.8+0.2]

    Drafting:
          --ngram-min  Drafter ngram: fewest last tokens that must have occurred before
                                                                                   [string] [default: 2]
          --ngram-max  Drafter ngram: most last tokens that are compared           [string] [default: 5]

    Prompts:
          --prompts         Files of prompts, - for stdin, names of suites (see below) or prompts
                            themselves                  [array] [default: default, a dozen of six kinds]
          --prompts-format  Format of the files, where their keys fit several
            [choices: "specdec", "infill", "spec-bench", "humaneval", "mbpp", "gsm8k", "math", "openai",
                                                "sharegpt", "alpaca"] [default: by the keys of each row]
          --prompts-limit   Take the first N; the turns of one conversation count as one
                                                                                 [string] [default: all]
          --prompts-sample  Take N at random by --seed, by category in proportion; counted as above
                                                                                 [string] [default: all]
          --skip-too-long   Leave prompts out that do not fit the context, and say which
                                                                              [boolean] [default: false]

    Runs:
          --max-tokens  Tokens to generate at most for a prompt without a limit of its own
                                                                                  [string] [default: 96]
          --reps        Repetitions of every prompt where the best are measured    [string] [default: 2]
          --seed        Seed for the order of the measured runs                    [string] [default: 1]
          --raw         Continue the prompts as they stand, without the model's chat template
                                                                              [boolean] [default: false]
          --special     Read special tokens spelled in a raw prompt as those tokens, not as text; needs
                        --raw                                                 [boolean] [default: false]

    Chat template:
          --chat-template         File with a Jinja template, or one of llama.cpp's formats, such as
                                  chatml                             [string] [default: the model's own]
          --chat-template-kwargs  Variables for the template, as JSON: '{"enable_thinking": false}'
                                                                                                [string]
          --thinking              Have the template ask for reasoning or not: its variable
                                  enable_thinking [choices: "on", "off"] [default: the template decides]

    Output:
          --save-preset   Keep pair and setting as a preset of your own by this name            [string]
          --print-config  Print every setting and where it comes from, and run nothing         [boolean]

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]

    Examples:
      specdec tune                                        The demonstration pair that comes with specdec
      specdec tune --target big.gguf --draft small.gguf   A pair of your own
      specdec tune --target big.gguf --draft small.gguf   With prompts of your own, kept as a preset
      --prompts mine.jsonl --save-preset mine

    Decodes each prompt once, plainly, at temperature 0; works out from the text and the draft's
    candidates along it what every setting would have come to, exactly for chains and nearly for trees;
    and measures the best three beside plain decoding. Above temperature 0 less is accepted: try what it
    finds with specdec bench --temp.
    "
  `);
});

test("help and messages are in English whatever the system speaks", async () => {
  const env = { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", LANGUAGE: "de" };
  expect(await specdec(["--help"], { env })).toEqual(await specdec(["--help"]));
});
