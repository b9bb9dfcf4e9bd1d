/** Runs by the id of their prompt, in their order. */
export function byPrompt<Run extends { readonly prompt: string }>(
  runs: readonly Run[],
): ReadonlyMap<string, readonly Run[]> {
  const found = new Map<string, Run[]>();
  for (const run of runs) {
    const own = found.get(run.prompt);
    if (own === undefined) found.set(run.prompt, [run]);
    else own.push(run);
  }
  return found;
}
