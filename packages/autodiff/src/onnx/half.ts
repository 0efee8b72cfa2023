/** Numbers of 16 bits: IEEE float16 and bfloat16, as float32 and back. */

const word = new DataView(new ArrayBuffer(4));

/** float32 of float16 bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** float16 bits nearest to a float32, ties to even; beyond 65,504 infinity. */
export function toHalf(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  // Half a step beyond the largest.
  if (size >= 65_520) return sign | 0x7c00;
  // Below the normal ones, in steps of 2^-24: a carry gives the smallest normal one.
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
  const exponent = (bits >>> 23) & 0xff;
  const fraction = roundEven((bits & 0x7fffff) / 8192);
  // A carry goes over into the exponent.
  return sign + ((exponent - 112) << 10) + fraction;
}

/** float32 of bfloat16 bits. */
export function fromBfloat(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/** bfloat16 bits nearest to a float32, ties to even. */
export function toBfloat(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  if (Number.isNaN(value)) return 0x7fc0;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
