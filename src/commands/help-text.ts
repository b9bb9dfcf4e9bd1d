/** What `specdec --help` says behind commands and options. Narrow, for yargs does not wrap it well. */
export const helpEpilogue = `\
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

See specdec <command> --help for the options of a command.`;
