const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/**
 * A number as IEEE 754 half precision, rounded to nearest, ties to even. Node has no Float16Array
 * before version 24.
 *
 * @returns its 16 bits; what is too large becomes infinity
 */
export function float16Bits(value: number): number {
  scratch[0] = value;
  const all = bits[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = all & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // A multiple of 2^-24; what is smaller than half of one rounds to 0.
    return sign | roundedToEven(Math.abs(scratch[0] as number) * 0x1000000);
  }
  // The exponent's bias changes by 112, and 13 bits of the fraction are rounded away.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** The number that 16 bits of half precision stand for; what `float16Bits` makes of it again. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Writes numbers as half precision. `out` is as long as `values` or longer. */
export function toFloat16(values: ArrayLike<number>, out: Uint16Array, at: number): void {
  for (let i = 0; i < values.length; i++) out[at + i] = float16Bits(values[i] as number);
}

function roundedToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
