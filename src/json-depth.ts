/**
 * Whether lists and objects are nested deeper than so many levels. What is nested by the thousand
 * overflows the stack of whatever walks through it.
 */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each));
}
