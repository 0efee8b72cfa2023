/** Huffman codes of JPEG's coefficients. */
import { bitCount, bits, keepBits, position, readAhead, readAheadTo } from "./bits";

/** Bits by which a code is looked up. */
const LOOKUP_BITS: i32 = 10;
const LOOKUP_SIZE: i32 = 1 << LOOKUP_BITS;

/**
 * An entry of the lookup: bits 0 to 4: bits of the code, and of the number after it if that is known; 5: it is known; 6: no
 * coefficient, the block ends; 8 to 11: zeros before the coefficient; 12 to 15: bits of the number, if it is not known;
 * 16 to 31: the number, if it is. An entry of 0: the code is longer.
 */
const KNOWN: i32 = 1 << 5;
const BLOCK_ENDS: i32 = 1 << 6;

/** Bytes of a table: int32 [1024] lookup, uint32 [17] end of the codes of each length, int32 [17] offset of their symbols. */
export const TABLE_SIZE: usize = 4 * LOOKUP_SIZE + 2 * 4 * 17 + 8;
const ENDS: usize = 4 * LOOKUP_SIZE;
const OFFSETS: usize = ENDS + 4 * 17;
const SYMBOLS: usize = OFFSETS + 4 * 17;

/** Place of the coefficients in the block, in the order in which they are coded. */
const naturalOrder = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]);

/**
 * Puts quantization steps into the order of a block.
 *
 * @param definition - uint8 [64], in coding order.
 * @param factors - int16 [8, 8].
 */
export function orderFactors(definition: usize, factors: usize): void {
  for (let k: usize = 0; k < 64; k++) {
    store<i16>(factors + 2 * <usize>load<u8>(naturalOrder + k), load<u8>(definition + k));
  }
}

/**
 * Makes a table of a definition that was checked.
 *
 * @param definition - uint8 [16], number of codes of each length, and the symbols after it, which have to stay.
 * @param table - Where it goes.
 * @param firstCoefficients - Whether symbols are lengths of differences, in which there are no zeros to skip.
 */
export function buildTable(definition: usize, table: usize, firstCoefficients: bool): void {
  memory.fill(table, 0, ENDS);
  store<u32>(table, <u32>(definition + 16), SYMBOLS);
  let code: u32 = 0;
  let symbol: u32 = 0;
  for (let length = 1; length <= 16; length++) {
    store<i32>(table + 4 * length, <i32>symbol - <i32>code, OFFSETS);
    const count = <u32>load<u8>(definition + length - 1);
    for (let i: u32 = 0; i < count; i++) {
      if (length <= LOOKUP_BITS)
        enter(table, code, length, load<u8>(definition + symbol, 16), firstCoefficients);
      code++;
      symbol++;
    }
    store<u32>(table + 4 * length, count > 0 ? code : 0, ENDS);
    code <<= 1;
  }
}

/** Fills the entries that begin with a code. */
function enter(table: usize, code: u32, length: i32, symbol: i32, firstCoefficients: bool): void {
  const rest = LOOKUP_BITS - length;
  const from = code << rest;
  const size = symbol & 15;
  const kind = entryOf(symbol, firstCoefficients) | length;
  for (let i: u32 = 0; i < <u32>(1 << rest); i++) {
    let entry = kind;
    if ((kind & BLOCK_ENDS) === 0 && size <= rest) {
      const number = size === 0 ? 0 : extended(<i32>(i >> (rest - size)), size);
      entry = (kind & 0xf00) | KNOWN | (length + size) | (number << 16);
    }
    store<i32>(table + 4 * (from + i), entry);
  }
}

/** Kind, zeros and size of a symbol. */
function entryOf(symbol: i32, firstCoefficients: bool): i32 {
  const size = symbol & 15;
  const zeros = symbol >> 4;
  if (size === 0 && zeros < 15 && !firstCoefficients) return BLOCK_ENDS;
  return (zeros << 8) | (size << 12);
}

/** The number that `size` bits after a code stand for. */
function extended(value: i32, size: i32): i32 {
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

/** The entry of a code that is too long for the lookup, 0 if there is none. */
function longEntry(table: usize, ahead: i32, firstCoefficients: bool): i32 {
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    const code = ahead >>> (16 - length);
    if (<u32>code < load<u32>(table + 4 * length, ENDS)) {
      const symbol = load<u8>(load<u32>(table, SYMBOLS) + load<i32>(table + 4 * length, OFFSETS) + code);
      return entryOf(symbol, firstCoefficients) | length;
    }
  }
  return 0;
}

/**
 * Decodes the first coefficient of a block.
 *
 * @param block - int16 [8, 8], zeros.
 * @param table - Table of first coefficients, which are coded as the difference to `prediction`.
 * @param prediction - Address of an int32: the first coefficient of the block before.
 * @returns Whether the data is whole.
 */
export function decodeFirst(block: usize, table: usize, prediction: usize): bool {
  if (bitCount < 32) readAhead();
  let entry = load<i32>(table + ((<usize>((bits >> (bitCount - LOOKUP_BITS)) & (LOOKUP_SIZE - 1))) << 2));
  if (entry === 0) {
    entry = longEntry(table, <i32>((bits >> (bitCount - 16)) & 0xffff), true);
    if (entry === 0) return false;
  }
  const size = (entry >> 12) & 15;
  const count = bitCount - (entry & 31) - size;
  let number = entry >> 16;
  if (size > 0) number = extended(<i32>(bits >> count) & ((1 << size) - 1), size);
  keepBits(bits, count);
  number += load<i32>(prediction);
  store<i32>(prediction, number);
  store<i16>(block, number);
  return true;
}

/**
 * Decodes the other coefficients of a block.
 *
 * @param block - int16 [8, 8], zeros but for the first coefficient.
 * @param table - Their table.
 * @returns Number of the last coefficient in coding order, 0 if there is none, -1 if the data is damaged.
 */
export function decodeOthers(block: usize, table: usize): i32 {
  let rest = bits;
  let count = bitCount;
  let last = 0;
  for (let k = 1; k < 64; k++) {
    if (count < 32) {
      const next = load<u32>(position);
      if (((~next - 0x01010101) & next & 0x80808080) === 0) {
        rest = (rest << 32) | bswap<u32>(next);
        count += 32;
        readAheadTo(position + 4);
      } else {
        keepBits(rest, count);
        readAhead();
        rest = bits;
        count = bitCount;
      }
    }
    let entry = load<i32>(table + ((<usize>((rest >> (count - LOOKUP_BITS)) & (LOOKUP_SIZE - 1))) << 2));
    if ((entry & KNOWN) === 0) {
      if (entry === 0) {
        entry = longEntry(table, <i32>((rest >> (count - 16)) & 0xffff), false);
        if (entry === 0) return -1;
      }
      if ((entry & BLOCK_ENDS) !== 0) {
        count -= entry & 31;
        break;
      }
      const size = (entry >> 12) & 15;
      count -= (entry & 31) + size;
      const number = size === 0 ? 0 : extended(<i32>(rest >> count) & ((1 << size) - 1), size);
      entry = (entry & 0xf00) | (number << 16);
    } else {
      count -= entry & 31;
    }
    k += (entry >> 8) & 15;
    if (k > 63) return -1;
    store<i16>(block + 2 * <usize>load<u8>(naturalOrder + k), entry >> 16);
    last = k;
  }
  keepBits(rest, count);
  return last;
}
