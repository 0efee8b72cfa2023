/**
 * Decoding of baseline JPEG files, byte for byte as libjpeg-turbo with its defaults, in AssemblyScript with 128-bit SIMD.
 *
 * A caller checks the headers, places tables, planes and data in memory, and decodes row by row. A plane holds two
 * rows of coded units, so that rows at the border of two units have both of their neighbours.
 */
import { endsWith, position, startBits } from "./jpeg/bits";
import { colourRow, doubleRow, greyRow } from "./jpeg/colour";
import { buildTable, decodeFirst, decodeOthers, orderFactors, TABLE_SIZE } from "./jpeg/huffman";
import { transformBlock, transformFlat } from "./jpeg/inverse-dct";

export { buildTable, orderFactors };

const END_OF_IMAGE: u8 = 0xd9;
const FIRST_RESTART: u8 = 0xd0;

/** Of each of three components: eight uint32, at the offsets below. */
const components = memory.data(3 * 32);
const FACTORS: usize = 0;
const FIRST_TABLE: usize = 4;
const OTHER_TABLE: usize = 8;
const PREDICTION: usize = 12;
const PLANE: usize = 16;
const PITCH: usize = 20;
const ACROSS: usize = 24;
const DOWN: usize = 28;

/** Coefficients of a block, int16 [8, 8], zeros between blocks. */
const block = memory.data(128, 16);

let restartInterval: u32 = 0;
let untilRestart: u32 = 0;
let restarts: u8 = 0;

/** First address that is free. */
export function firstFree(): usize {
  return __heap_base;
}

/** Bytes of a table of `buildTable`. */
export function tableSize(): usize {
  return TABLE_SIZE;
}

/**
 * Describes a component.
 *
 * @param index - 0 to 2: luminance, blue and red difference.
 * @param factors - int16 [8, 8], quantization steps.
 * @param firstTable - Table of first coefficients.
 * @param otherTable - Table of the others.
 * @param plane - uint8 [16 * down, pitch].
 * @param pitch - Bytes of a row of the plane.
 * @param across - Blocks side by side in a coded unit.
 * @param down - Blocks one above the other in a coded unit.
 */
export function setComponent(
  index: u32,
  factors: usize,
  firstTable: usize,
  otherTable: usize,
  plane: usize,
  pitch: usize,
  across: u32,
  down: u32,
): void {
  const component = components + 32 * index;
  store<usize>(component, factors, FACTORS);
  store<usize>(component, firstTable, FIRST_TABLE);
  store<usize>(component, otherTable, OTHER_TABLE);
  store<usize>(component, plane, PLANE);
  store<usize>(component, pitch, PITCH);
  store<u32>(component, across, ACROSS);
  store<u32>(component, down, DOWN);
}

/**
 * Starts with the data of an image.
 *
 * @param data - Its address; after its end, a marker has to follow and three bytes more.
 * @param interval - Coded units from one restart to the next, 0 without restarts.
 */
export function startData(data: usize, interval: u32): void {
  startBits(data);
  restartInterval = interval;
  untilRestart = interval;
  restarts = 0;
  clear();
  clearPredictions();
}

/**
 * Decodes a row of coded units.
 *
 * @param row - Its number; rows are decoded in order.
 * @param units - Units of a row.
 * @param count - Components, 1 or 3.
 * @returns Whether the data was whole so far.
 */
export function decodeRow(row: usize, units: usize, count: u32): bool {
  for (let unit: usize = 0; unit < units; unit++) {
    if (restartInterval > 0 && untilRestart === 0) {
      if (!endsWith(FIRST_RESTART + (restarts & 7))) return false;
      startBits(position + 2);
      restarts++;
      untilRestart = restartInterval;
      clearPredictions();
    }
    untilRestart--;
    for (let i: u32 = 0; i < count; i++) {
      if (!decodeUnit(components + 32 * i, row, unit)) return false;
    }
  }
  return true;
}

/** Whether the image ends where it should. */
export function isWhole(): bool {
  return endsWith(END_OF_IMAGE);
}

/**
 * Rows of red, green and blue.
 *
 * @param first - First row.
 * @param end - Row after the last; units of these rows and their neighbours are the last that were decoded.
 * @param width - Pixels of a row.
 * @param coarseWidth - Samples of a row of colour differences.
 * @param coarseHeight - Rows of colour differences.
 * @param lines - Room for three lines of 2 * coarseWidth + 48 bytes.
 * @param target - uint8 [end - first, width, 3]; up to 45 bytes more are written.
 */
export function colourRows(
  first: usize,
  end: usize,
  width: usize,
  coarseWidth: usize,
  coarseHeight: usize,
  lines: usize,
  target: usize,
): void {
  const luminance = components;
  const blue = components + 32;
  const red = components + 64;
  const line: usize = 2 * coarseWidth + 48;
  const doubled = load<u32>(luminance, DOWN) === 2;
  for (let y = first; y < end; y++) {
    let near = y;
    let far = y;
    if (doubled) {
      near = y >> 1;
      far = y & 1 ? min(near + 1, coarseHeight - 1) : near - min(near, 1);
    }
    let blueRow = rowOf(blue, near);
    let redRow = rowOf(red, near);
    if (load<u32>(luminance, ACROSS) === 2) {
      doubleRow(blueRow, rowOf(blue, far), doubled, coarseWidth, lines, lines + line);
      doubleRow(redRow, rowOf(red, far), doubled, coarseWidth, lines, lines + 2 * line);
      blueRow = lines + line;
      redRow = lines + 2 * line;
    }
    colourRow(rowOf(luminance, y), blueRow, redRow, target, width);
    target += 3 * width;
  }
}

/** Rows of an image of one component, three equal channels; arguments as those of `colourRows`. */
export function greyRows(first: usize, end: usize, width: usize, target: usize): void {
  for (let y = first; y < end; y++) {
    greyRow(rowOf(components, y), target, width);
    target += 3 * width;
  }
}

/** Decodes the blocks of a component in a coded unit. */
function decodeUnit(component: usize, row: usize, unit: usize): bool {
  const factors = load<usize>(component, FACTORS);
  const pitch = load<usize>(component, PITCH);
  const across = load<u32>(component, ACROSS);
  const down = load<u32>(component, DOWN);
  for (let y: usize = 0; y < down; y++) {
    let target = rowOf(component, 8 * (row * down + y)) + 8 * unit * across;
    for (let x: u32 = 0; x < across; x++) {
      const whole = decodeFirst(block, load<usize>(component, FIRST_TABLE), component + PREDICTION);
      if (!whole) return false;
      const last = decodeOthers(block, load<usize>(component, OTHER_TABLE));
      if (last < 0) return false;
      if (last === 0) {
        transformFlat(load<i16>(block), load<i16>(factors), target, pitch);
        store<i16>(block, 0);
      } else {
        transformBlock(block, factors, target, pitch);
        clear();
      }
      target += 8;
    }
  }
  return true;
}

function clear(): void {
  const zeros = i32x4.splat(0);
  for (let offset: usize = 0; offset < 128; offset += 16) v128.store(block + offset, zeros);
}

/** Address of a row of a component's plane. */
function rowOf(component: usize, y: usize): usize {
  const rows = 16 * load<u32>(component, DOWN);
  return load<usize>(component, PLANE) + (y & (rows - 1)) * load<usize>(component, PITCH);
}

function clearPredictions(): void {
  for (let i: usize = 0; i < 3; i++) store<i32>(components + 32 * i, 0, PREDICTION);
}
