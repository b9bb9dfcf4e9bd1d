/**
 * The paths from the end of the cache to every leaf of a batch.
 *
 * @param parents for each token the index of its parent, -1 below the cache
 */
export function leafPaths(parents: readonly number[]): number[][] {
  const hasChild = new Set(parents);
  const paths: number[][] = [];
  for (let leaf = 0; leaf < parents.length; leaf++) {
    if (hasChild.has(leaf)) continue;
    const path: number[] = [];
    for (let node = leaf; node >= 0; node = parents[node] as number) path.unshift(node);
    paths.push(path);
  }
  return paths;
}
