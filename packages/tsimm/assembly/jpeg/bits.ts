/** The bits of entropy-coded data, in which 0xFF is followed by a stuffed 0 or is the start of a marker. */

/** Bits that are read ahead: the lowest `bitCount`, the next one highest. */
export let bits: u64 = 0;
export let bitCount: i32 = 0;
/** Address of the next byte. */
export let position: usize = 0;
/** Zeros that were read past the end of the data. */
let padding: i32 = 0;

/** Starts at an address, at a whole byte. */
export function startBits(start: usize): void {
  position = start;
  bits = 0;
  bitCount = 0;
  padding = 0;
}

/** Keeps what a loop has in variables of its own. */
export function keepBits(rest: u64, count: i32): void {
  bits = rest;
  bitCount = count;
}

/** Keeps the address of the next byte. */
export function readAheadTo(address: usize): void {
  position = address;
}

/** Reads ahead until there are 32 bits; zeros where a marker ends the data. */
export function readAhead(): void {
  while (bitCount < 32) {
    const next = load<u32>(position);
    if (((~next - 0x01010101) & next & 0x80808080) === 0) {
      bits = (bits << 32) | bswap<u32>(next);
      bitCount += 32;
      position += 4;
      return;
    }
    let byte: u64 = load<u8>(position);
    if (byte === 0xff && load<u8>(position, 1) !== 0) {
      byte = 0;
      padding += 8;
    } else {
      position += byte === 0xff ? 2 : 1;
    }
    bits = (bits << 8) | byte;
    bitCount += 8;
  }
}

/** Whether all data is used but for the last byte's filling, and a marker of this code is next. */
export function endsWith(marker: u8): bool {
  const left = bitCount - padding;
  return left >= 0 && left < 8 && load<u8>(position) === 0xff && load<u8>(position, 1) === marker;
}
