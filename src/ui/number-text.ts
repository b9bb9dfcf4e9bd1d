/** A rate as percent: "78 %". */
export function percent(rate: number): string {
  return `${(rate * 100).toFixed(0)} %`;
}

/** Tokens per second: "42.1 tok/s". */
export function speed(tokensPerSecond: number): string {
  return `${tokensPerSecond.toFixed(1)} tok/s`;
}

/** A factor: "×1.34". */
export function factor(ratio: number): string {
  return `×${ratio.toFixed(2)}`;
}

/** A time, given in milliseconds: "0.31 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
