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

/** A time that somebody waits, given in milliseconds: "45 s", "3 min 5 s", "1 h 20 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
