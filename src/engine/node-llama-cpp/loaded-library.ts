/** libllama.so, libllama.v0.5.0.so, libllama.cuda.v0.5.0.so, llama.dll, … but not its companions. */
const libraryName = /(?:^|[\\/])(?:lib)?llama(?!-)[^\\/]*\.(?:so|dylib|dll)[.\d]*$/;

/** Of a process's shared objects the one that is libllama. */
export function findLibrary(sharedObjects: readonly string[]): string | undefined {
  return sharedObjects.find((path) => libraryName.test(path));
}

/** The libllama that this process has loaded; undefined for one that is linked into an addon. */
export function loadedLibrary(): string | undefined {
  // The network section would look up host names; the types lack the switch (Node 20.13).
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as unknown as { sharedObjects?: string[] };
  return findLibrary(report.sharedObjects ?? []);
}
