/** CRC-32C (Castagnoli), the checksum of TFRecord files. */

/** Reversed polynomial 0x1edc6f41. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

/**
 * CRC-32C of some bytes.
 *
 * @param bytes - Any number of bytes.
 * @returns An integer in [0, 2^32).
 * @example
 * crc32c(new TextEncoder().encode("123456789")); // => 0xe3069283
 * @see RFC 3720, section 12.1 and appendix B.4
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * CRC-32C as TFRecord files store it: rotated right by 15 bits, plus a constant. The plain checksum of data
 * that contains its own checksum is always the same.
 *
 * @returns An integer in [0, 2^32).
 * @example
 * maskedCrc32c(new TextEncoder().encode("123456789")); // => 0xc78ab0e5
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
