/** libllama.so, libllama.v0.5.0.so, libllama.cuda.v0.5.0.so, llama.dll, … but not its companions. */
const libraryName = /(?:^|[\\/])(?:lib)?llama(?!-)[^\\/]*\.(?:so|dylib|dll)[.\d]*$/;

/** Of a process's shared objects the one that is libllama; undefined where it is linked in. */
export function findLibrary(sharedObjects: readonly string[]): string | undefined {
  return sharedObjects.find((path) => libraryName.test(path));
}

/** The paths of all shared objects in this process. */
export function sharedObjects(): readonly string[] {
  // The network section would look up host names; the types lack the switch (Node 20.13).
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as unknown as { sharedObjects?: string[] };
  return report.sharedObjects ?? [];
}
