/** The shells that can complete specdec's command line. */
export const shells = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof shells)[number];

/**
 * What a shell runs to learn completion. Each asks the program itself with yargs' own flag; yargs
 * tells the shells apart by SHELL, which names the login shell and not the one that asks. Where the
 * program has nothing to propose, the shell completes file names.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  // Without mapfile, which the bash of macOS lacks.
  bash: `_specdec() {
  local IFS=$'\\n' word words=()
  # bash makes three words of --option=value.
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [ "$word" != "=" ]; then words+=("$word"); fi
  done
  if [ "$word" = "=" ]; then word="" words+=(""); fi
  COMPREPLY=($(compgen -W "$(SHELL=bash "\${words[0]}" --get-yargs-completions \\
    "\${words[@]}" 2>/dev/null)" -- "$word"))
}
complete -o bashdefault -o default -F _specdec specdec
`,
  zsh: `#compdef specdec
_specdec() {
  local -a reply
  reply=("\${(@f)$(SHELL=zsh "\${words[1]}" --get-yargs-completions \\
    "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  reply=("\${(@)reply:#}")
  if (( \${#reply} > 0 )); then
    _describe specdec reply
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_specdec" ]; then
  _specdec "$@"
else
  compdef _specdec specdec
fi
`,
  fish: `function __specdec_complete
    set -l typed (commandline -opc)
    set -l word (commandline -ct)
    set -l found (SHELL=fish $typed[1] --get-yargs-completions $typed "$word" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$word"
    end
end
complete -c specdec -f -a '(__specdec_complete)'
`,
};
