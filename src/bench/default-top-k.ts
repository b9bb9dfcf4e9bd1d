/**
 * The candidate filter where nothing else is said: at temperature 0 a chain, the same tokens as
 * without a filter; above it the ten likeliest, so that the draft leaves its tail out.
 */
export function defaultTopK(temperature: number): number {
  return temperature <= 0 ? 1 : 10;
}
